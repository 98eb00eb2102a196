/** Keys of the adjudication room; those of the images are the reading room's. */
import { keyName, press, registerActions } from '../reading/actions';
import '../reading/imageKeys';
import '../reading/looking';
import * as reading from '../reading/state';
import { choose } from './choices';
import { activate, goOn, sign } from './session';
import * as state from './state';

const flip = (one: { value: boolean }) => () => (one.value = !one.value);
const MOST_TOGGLED = 6;

export function toggleReader(letter: string): void {
  const hidden = new Set(state.hiddenReaders.value);
  if (!hidden.delete(letter)) hidden.add(letter);
  state.hiddenReaders.value = hidden;
}

registerActions('Disagreements', [
  {
    id: 'next-cell',
    keys: ['ArrowDown'],
    words: 'Next disagreement',
    act: () => activate(state.activeIndex.value + 1),
  },
  {
    id: 'previous-cell',
    keys: ['ArrowUp'],
    words: 'Disagreement before',
    act: () => activate(state.activeIndex.value - 1),
  },
  ...Array.from({ length: 10 }, (_, score) => ({
    id: `score-${score}`,
    keys: [String(score)],
    words: 'Outcome, by its number on the scale',
    act: () => choose(score),
  })),
  { id: 'not-gradable', keys: ['n'], words: 'Not gradable', act: () => choose(null) },
  {
    id: 'comment',
    keys: ['t'],
    words: 'Comment on the decision',
    act: () => (state.isCommenting.value = true),
  },
]);

registerActions('Case', [
  { id: 'sign', keys: ['Ctrl+Enter'], words: 'Sign the decisions', act: sign },
  {
    id: 'next-case',
    keys: ['Ctrl+ArrowRight'],
    words: 'Next case, without signing this one',
    when: () => Boolean(state.current.value?.next),
    act: () => void goOn(state.current.value?.next ?? null),
  },
  { id: 'help', keys: ['?'], words: 'This help', act: () => (state.isHelpOpen.value = true) },
]);

registerActions('Readers', [
  { id: 'answers', keys: ['g'], words: 'Grades of the readers', act: flip(state.showsAnswers) },
  { id: 'measures', keys: ['m'], words: 'Measurements', act: flip(state.showsMeasurements) },
  { id: 'outlines', keys: ['x'], words: 'Outlines of masks', act: flip(state.showsMasks) },
  ...Array.from({ length: MOST_TOGGLED }, (_, at) => ({
    id: `reader-${at}`,
    keys: [`Shift+${String.fromCharCode(97 + at)}`],
    words: `Marks of Reader ${String.fromCharCode(65 + at)}`,
    when: () => at < (state.current.value?.readers.length ?? 0),
    act: () => toggleReader(state.current.value?.readers[at]?.letter ?? ''),
  })),
]);

const isTyping = (target: EventTarget | null): boolean =>
  target !== null &&
  'tagName' in target &&
  /^(INPUT|TEXTAREA|SELECT)$/.test(String(target.tagName));

function onKey(event: KeyboardEvent): void {
  if (state.isOver.value || reading.isSeriesOpen.value || event.altKey) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const target = event.target as Element | null;
  const isOwn = target?.closest?.('.own-keys, a') != null;
  if (isOwn && ['Enter', ' ', 'Tab'].includes(event.key) && !event.ctrlKey) return;
  if (press(keyName(event))) event.preventDefault();
}

export function listen(): void {
  document.addEventListener('keydown', onKey);
}
