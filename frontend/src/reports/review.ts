/** The page works without this; here a cell is chosen without a reload, and keys do the rest. */

const SEVERITIES = ['none', 'mild', 'mild-moderate', 'moderate', 'moderate-severe', 'severe'];
const STEPS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function put(root: HTMLElement, part: string, text: string) {
  const target = root.querySelector(`[data-part="${part}"]`);
  if (target) target.textContent = text;
}

function option(text: string, value: string): HTMLOptionElement {
  const made = document.createElement('option');
  made.textContent = text;
  made.value = value;
  return made;
}

/** Show a cell's sentence in the text, and make the form about it. */
function choose(root: HTMLElement, cell: HTMLElement) {
  for (const other of root.querySelectorAll('[data-cell][aria-current]')) {
    other.removeAttribute('aria-current');
  }
  cell.setAttribute('aria-current', 'true');
  const {
    cell: key = '',
    name = '',
    words = '',
    certainty = '',
    choices = '',
    start,
  } = cell.dataset;
  const field = root.querySelector<HTMLInputElement>('input[name="cell"]');
  if (field) field.value = key;
  put(root, 'name', name);
  put(root, 'words', words);
  put(root, 'certainty', certainty);
  const select = root.querySelector<HTMLSelectElement>('select[name="corrected"]');
  select?.replaceChildren(
    option('–', ''),
    ...choices.split('|').map((choice) => option(choice, choice)),
  );
  for (const sentence of root.querySelectorAll<HTMLElement>('[data-sentence]')) {
    const isChosen = start !== undefined && sentence.dataset.sentence === start;
    sentence.classList.toggle('is-chosen', isChosen);
    if (isChosen) sentence.scrollIntoView({ block: 'nearest' });
  }
}

/** The cell one step away, null at the edge. */
function neighbour(cell: HTMLElement, [down, right]: [number, number]): HTMLElement | null {
  const place = cell.closest('td');
  const row = place?.parentElement as HTMLTableRowElement | null;
  const table = row?.closest('table');
  if (!place || !row || !table) return null;
  const next = table.rows[row.rowIndex + down]?.cells[place.cellIndex + right];
  return next?.querySelector<HTMLElement>('[data-cell]') ?? null;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.matches('input:not([type="hidden"]), select, textarea')
  );
}

/** Follow clicks, focus and keys of one review. */
export function startReview(root: HTMLElement) {
  const form = root.querySelector<HTMLFormElement>('form');
  const chosen = () => root.querySelector<HTMLElement>('[data-cell][aria-current]');
  const go = (cell: HTMLElement) => {
    choose(root, cell);
    cell.focus();
  };
  for (const cell of root.querySelectorAll<HTMLElement>('[data-cell]')) {
    cell.addEventListener('focus', () => choose(root, cell));
    cell.addEventListener('click', (event) => {
      event.preventDefault();
      go(cell);
    });
  }
  document.addEventListener('keydown', (event) => {
    if (
      !root.isConnected ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      isTyping(event.target)
    )
      return;
    const cell = chosen();
    const step = STEPS[event.key];
    if (!cell || !form) return;
    if (step && !(event.target instanceof Element && event.target.closest('.report-text'))) {
      const next = neighbour(cell, step);
      event.preventDefault();
      if (next) go(next);
      return;
    }
    const severity = SEVERITIES[Number(event.key)];
    const select = form.querySelector<HTMLSelectElement>('select[name="corrected"]');
    if (event.key >= '0' && event.key <= '5' && severity && select) {
      if (!cell.dataset.choices?.split('|').includes(severity)) return;
      select.value = severity;
      form.requestSubmit(form.querySelector<HTMLButtonElement>('[value="corrected"]'));
    } else if (event.key === 'c') {
      event.preventDefault();
      select?.focus();
    } else if (event.key === 'r' || event.key === 'w') {
      form.requestSubmit(form.querySelector<HTMLButtonElement>(`[data-key="${event.key}"]`));
    }
  });
  const first = chosen();
  if (first) {
    choose(root, first);
    if (new URLSearchParams(location.search).has('cell')) first.focus({ preventScroll: true });
  }
}
