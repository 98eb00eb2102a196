/** Take the focus from whatever control has it: arrows and Enter now go to the images. */
export function blur(): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement) activeElement.blur();
}
