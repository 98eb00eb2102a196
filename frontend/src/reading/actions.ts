/** Everything that a key can do, in one table: the help page shows it and readers change it. */
import { computed, signal } from '@preact/signals';

export interface Action {
  id: string;
  words: string;
  /** "a", "Shift+a", "Ctrl+Enter", "PageUp"; letters in lower case. */
  keys: string[];
  act: () => void;
  when?: () => boolean;
}

export interface ActionGroup {
  name: string;
  actions: readonly Action[];
}

const groups = signal<readonly ActionGroup[]>([]);
let capturing: ((name: string) => boolean) | null = null;
let mode: ((name: string) => boolean) | null = null;

/** Keys that a reader has chosen, by action id. */
export const chosenKeys = signal<Readonly<Record<string, string[]>>>({});

/** Add actions to a group of that name. */
export function registerActions(name: string, actions: readonly Action[]): void {
  const known = groups.value.find((group) => group.name === name);
  groups.value = known
    ? groups.value.map((group) =>
        group === known ? { name, actions: [...group.actions, ...actions] } : group,
      )
    : [...groups.value, { name, actions }];
}

/** All groups, with the keys as they are now. */
export const actionsOf = computed<readonly ActionGroup[]>(() =>
  groups.value.map(({ name, actions }) => ({
    name,
    actions: actions.map((one) => ({ ...one, keys: chosenKeys.value[one.id] ?? one.keys })),
  })),
);

/** A question with one key as answer sees keys first; null ends it. */
export function captureKeys(handler: ((name: string) => boolean) | null): void {
  capturing = handler;
}

/** A mode, such as a drawing tool, sees keys next; null ends it. */
export function setMode(handler: ((name: string) => boolean) | null): void {
  mode = handler;
}

const SHIFTED = new Set(['Tab', 'Enter', 'Escape', 'Delete', 'Backspace']);

/** The name of a pressed key. Digits with Shift go by their place, which layouts disagree on. */
export function keyName(event: KeyboardEvent): string {
  const digit = event.shiftKey && /^Digit([0-9])$/.exec(event.code)?.[1];
  const isLetter = /^\p{L}$/u.test(event.key);
  const key =
    digit || (isLetter ? event.key.toLowerCase() : event.key === ' ' ? 'Space' : event.key);
  const hasShift =
    event.shiftKey &&
    (Boolean(digit) || isLetter || event.key.startsWith('Arrow') || SHIFTED.has(key));
  const parts = [(event.ctrlKey || event.metaKey) && 'Ctrl', hasShift && 'Shift', key];
  return parts.filter(Boolean).join('+');
}

/** Press a key by its name; true if it meant something. */
export function press(name: string): boolean {
  if (capturing?.(name) || mode?.(name)) return true;
  for (const { actions } of actionsOf.value) {
    const found = actions.find(({ keys, when }) => keys.includes(name) && (when?.() ?? true));
    if (!found) continue;
    found.act();
    return true;
  }
  return false;
}

/** The action that has this key already, other than the one that wants it. */
export function holderOf(name: string, id: string): Action | null {
  for (const { actions } of actionsOf.value) {
    const found = actions.find((one) => one.id !== id && one.keys.includes(name));
    if (found) return found;
  }
  return null;
}
