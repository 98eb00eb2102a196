/** AI's findings in boxes: stepping through them, and what the reader says of each. */
import { computed, signal } from '@preact/signals';

import type { Detection, Reading } from '../api/types';
import type { Vec3 } from '../geometry/plane';
import { findingsOf } from '../viewer/findings';
import { registerActions } from './actions';
import { activate } from './answers';
import { happened, newerEvents, sendEvents } from './events';
import * as state from './state';
import { remember } from './undoing';

const KINDS = {
  accepted: 'finding_accepted',
  rejected: 'finding_rejected',
  '': 'finding_open',
} as const;
export type FindingVerdict = keyof typeof KINDS;

export const selected = signal<number | null>(null);
export const verdicts = signal<ReadonlyMap<number, FindingVerdict>>(new Map());

/** Surest first; none while AI is hidden. */
export const detections = computed<readonly Detection[]>(() =>
  state.isAiVisible.value ? (state.reading.value?.prediction?.detections ?? []) : [],
);

/** Verdicts that the server's answer may not know yet, oldest first. */
function newerOf(readingId: number, askedAt: number): [number, FindingVerdict][] {
  return newerEvents(readingId, askedAt).flatMap(({ kind, detail }) => {
    const found = Object.entries(KINDS).find(([, one]) => one === kind);
    const id = Number(detail.detection);
    return found && id ? [[id, found[0] as FindingVerdict]] : [];
  });
}

/** What the server knows, and over it what it hasn't got yet. */
export function takeFindings(one: Reading, askedAt: number, isNew = true): void {
  const known = (one.prediction?.detections ?? []).map(
    ({ id, verdict }) => [id, verdict as FindingVerdict] as const,
  );
  verdicts.value = new Map([...known, ...newerOf(one.id, askedAt)]);
  const isThere = known.some(([id]) => id === selected.value);
  if (isNew || !isThere) selected.value = null;
}

/** Choose a finding: the images go there, and the grid to its cell. */
export function choose(id: number): void {
  const one = state.reading.value;
  const found = detections.value.find((finding) => finding.id === id);
  if (!one || !found) return;
  selected.value = id;
  const { levels, columns } = state.grid.value;
  const level = levels.indexOf(found.disc_level);
  const column = columns.findIndex(({ code, side }) => code === found.item && side === found.side);
  if (level >= 0 && column >= 0) activate({ level, column });
  const frame = findingsOf(one).find((finding) => finding.id === id)?.frame ?? '';
  state.viewing.current?.goTo(found.center_lps as unknown as Vec3, frame);
}

/** The next finding, or the one before; over the end to the other end. */
export function step(by: 1 | -1): void {
  const ids = detections.value.map(({ id }) => id);
  if (!ids.length) return;
  const at = selected.value === null ? -1 : ids.indexOf(selected.value);
  const next = at < 0 ? (by > 0 ? 0 : -1) : (at + by) % ids.length;
  choose(ids.at(next) as number);
}

/** Say it of a finding; the same once more takes it back. */
export function judge(id: number, verdict: 'accepted' | 'rejected'): void {
  if (state.isClosed.value || !detections.value.some((one) => one.id === id)) return;
  const before = verdicts.value.get(id) ?? '';
  const after = before === verdict ? '' : verdict;
  remember([{ key: String(id), before, after }], sayAgain, 'Verdict on a finding of AI');
  say(id, after);
}

/** Each word is an event of its own; none takes another away. */
function say(id: number, verdict: FindingVerdict): void {
  verdicts.value = new Map(verdicts.value).set(id, verdict);
  happened(KINDS[verdict], { detection: id });
  sendEvents();
}

/** Undone or redone: the list shows which finding it was. */
function sayAgain(key: string, verdict: FindingVerdict): void {
  const id = Number(key);
  if (state.isClosed.value) return;
  if (detections.value.some((one) => one.id === id)) selected.value = id;
  say(id, verdict);
}

/** Give the viewer what there is to draw. */
export function showFindings(): void {
  const given = { selected: selected.value, verdicts: verdicts.value };
  state.viewing.current?.setFindings(given);
}

const isAided = () => state.reading.value?.arm.ai_allowed ?? false;
const hasAny = () => isAided() && detections.value.length > 0;
const hasChosen = () => hasAny() && selected.value !== null && !state.isClosed.value;

registerActions('Findings of AI', [
  {
    id: 'next-finding',
    keys: ['Shift+j'],
    words: 'Next finding (aided arm)',
    when: hasAny,
    act: () => step(1),
  },
  {
    id: 'previous-finding',
    keys: ['Shift+k'],
    words: 'Finding before',
    when: hasAny,
    act: () => step(-1),
  },
  {
    id: 'accept-finding',
    keys: ['Shift+y'],
    words: 'Accept the finding; again: take it back',
    when: hasChosen,
    act: () => selected.value !== null && judge(selected.value, 'accepted'),
  },
  {
    id: 'reject-finding',
    keys: ['Shift+n'],
    words: 'Reject the finding; again: take it back',
    when: hasChosen,
    act: () => selected.value !== null && judge(selected.value, 'rejected'),
  },
]);
