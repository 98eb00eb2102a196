/** Points of a finished mark moved by keys: chosen, stepped through, nudged, then kept or not. */
import { effect, untracked } from '@preact/signals';

import { dropped, nudged } from '../drawing/nudge';
import { POINTS } from '../drawing/measures';
import { distance, type Vec3 } from '../geometry/plane';
import type { Drawn } from '../viewer/drawing';
import { sliceAt, slicesOf } from '../viewer/slices';
import { registerActions } from './actions';
import { edited, keepMark, marks, selected, tool } from './drawing';
import { blur } from './focus';
import { HELD } from './marking';
import { brush } from './masks';
import * as state from './state';

export const STEP_MM = 0.5;
export const FAR_MM = 5;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const SAME_MM = 1e-6;

/** The mark as it was before, and of which reading it is. */
let before: { mark: Drawn; readingId: number } | null = null;

const isSame = (one: Drawn, other: Drawn): boolean =>
  one.points.every((point, at) =>
    point.every((value, axis) => Math.abs(value - (other.points[at]?.[axis] ?? NaN)) < SAME_MM),
  );

export const hasMoved = (): boolean =>
  edited.value !== null && before !== null && !isSame(edited.value.mark, before.mark);

/** Begin to move the points of a mark; one that was being moved is kept. */
export function editMark(key: string): void {
  keepEdited();
  const one = state.reading.value;
  const mark = marks.value.find((other) => other.key === key);
  if (!one || !mark) return;
  document.activeElement?.closest('details')?.removeAttribute('open');
  blur();
  selected.value = key;
  if (state.isClosed.value) return void show(mark);
  before = { mark, readingId: one.id };
  edited.value = { mark, at: 0 };
  show(mark);
}

function editNext(): void {
  const at = marks.value.findIndex(({ key }) => key === selected.value);
  const next = marks.value[(at + 1) % marks.value.length];
  if (next) editMark(next.key);
  else state.tip.value = 'Nothing is drawn in this case.';
}

function show({ stackId, stackPosition }: Drawn): void {
  if (state.viewing.current?.showSlice(stackId, stackPosition) === false) {
    state.tip.value = 'No image shows the series of this mark. Hang it with B.';
  }
}

/** Lay it down as it was. */
export function leaveEdited(): void {
  before = null;
  edited.value = null;
}

/** Keep it as it is now; nothing is sent where nothing has moved. */
export function keepEdited(): void {
  const mark = hasMoved() ? edited.value?.mark : null;
  leaveEdited();
  if (mark) keepMark(mark, mark.key);
}

function move(change: (point: Vec3, mark: Drawn) => Partial<Drawn> & { point: Vec3 }): void {
  const { value: now } = edited;
  const point = now?.mark.points[now.at];
  if (!now || !point) return;
  const { point: moved, ...rest } = change(point, now.mark);
  const points = now.mark.points.map((one, at) => (at === now.at ? moved : one));
  const mark = { ...now.mark, ...rest, points };
  edited.value = { ...now, mark };
  show(mark);
}

function nudge(right: number, down: number): void {
  move((point, mark) => {
    const one = state.reading.value;
    const plane = one && sliceAt(one, mark.stackId, mark.stackPosition);
    return { point: plane ? nudged(plane, point, right, down) : point };
  });
}

/** A corner of a box goes to the slice beside; the first one says on which slice the box begins. */
function deepen(by: 1 | -1): void {
  const at = edited.value?.at;
  let shown: number | null = null;
  move((point, mark) => {
    const slices = state.reading.value ? slicesOf(state.reading.value, mark.stackId) : [];
    const far = slices.map(({ plane }) => Math.abs(distance(plane, point)));
    const next = slices[far.indexOf(Math.min(...far)) + by];
    if (!next) return { point };
    shown = next.position;
    const moved = { point: dropped(next.plane, point) };
    return at === 0 ? { ...moved, stackPosition: next.position } : moved;
  });
  const { value: now } = edited;
  if (now && shown !== null) state.viewing.current?.showSlice(now.mark.stackId, shown);
}

function step(by: 1 | -1): void {
  const { value: now } = edited;
  if (!now) return;
  const count = POINTS[now.mark.kind];
  edited.value = { ...now, at: (now.at + by + count) % count };
  show(now.mark);
}

function takeBack(): void {
  if (edited.value && before) edited.value = { ...edited.value, mark: before.mark };
}

/** A key while points are moved; true if it meant something, or must not change a grade. */
export function pressEditKey(name: string): boolean {
  const { value: now } = edited;
  if (!now) return false;
  const arrow = ARROWS[name.replace('Shift+', '')];
  const by = name.startsWith('Shift+') ? FAR_MM : STEP_MM;
  if (arrow) nudge(arrow[0] * by, arrow[1] * by);
  else if (name === 'Tab') step(1);
  else if (name === 'Shift+Tab') step(-1);
  else if (name === 'Enter') keepEdited();
  else if (name === 'Escape') leaveEdited();
  else if (now.mark.kind === 'box' && /^Page(Up|Down)$/.test(name)) {
    deepen(name === 'PageDown' ? 1 : -1);
  } else if (name === 'Ctrl+z' && hasMoved()) takeBack();
  else if (['Delete', 'Ctrl+Enter', 'Ctrl+z', 'Ctrl+y'].includes(name)) return false;
  else if (HELD.test(name)) state.tip.value = 'Enter keeps the mark first, Escape leaves it.';
  else return false;
  return true;
}

/** Whatever else is begun keeps what was moved; a mark that has changed underneath is let go. */
effect(() => {
  const isLeft =
    selected.value !== edited.value?.mark.key ||
    tool.value !== null ||
    brush.value !== null ||
    state.marking.value !== null ||
    state.isSubmitting.value;
  const there = marks.value.find(({ key }) => key === edited.value?.mark.key);
  const isThere = state.reading.value?.id === before?.readingId && !state.isClosed.value;
  if (!edited.value || !before) return;
  const isGone = !isThere || !there || !isSame(there, before.mark);
  untracked(() => (isGone ? leaveEdited() : isLeft ? keepEdited() : undefined));
});
// the page or the case is left: what was moved goes where everything else waits
window.addEventListener('popstate', keepEdited);
window.addEventListener('beforeunload', keepEdited);

registerActions('Measure', [
  {
    id: 'draw-edit',
    keys: ['Shift+m'],
    words: 'Next finished mark: move its points',
    when: () => marks.value.length > 0 || !state.isClosed.value,
    act: editNext,
  },
]);
