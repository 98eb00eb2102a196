/** A row of tabs: one tab stop, arrow keys choose (ARIA authoring practices, tabs). */
export function Tabs({
  label,
  options,
  chosen,
  panelId,
  onChoose,
}: {
  label: string;
  options: readonly (readonly [string, string])[];
  chosen: string;
  panelId: string;
  onChoose: (value: string) => void;
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    const at = options.findIndex(([value]) => value === chosen);
    const last = options.length - 1;
    const next = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    const option = next === undefined ? undefined : options[next];
    if (!option || next === undefined) return;
    event.preventDefault();
    onChoose(option[0]);
    const row = event.currentTarget as HTMLElement;
    row.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {options.map(([value, words]) => (
        <button
          key={value}
          type="button"
          role="tab"
          class="button"
          aria-selected={value === chosen}
          aria-controls={panelId}
          tabIndex={value === chosen ? 0 : -1}
          onClick={() => onChoose(value)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
