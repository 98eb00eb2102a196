/**
 * Levels by one click: a body is clicked and named, the others are found from it, the reader checks
 * them, moves what lies wrong, and keeps them. All of it goes by keys too.
 */
import { effect, untracked } from '@preact/signals';

import type { Reading } from '../api/types';
import type { Vec3 } from '../geometry/plane';
import {
  bodyNames,
  countIn,
  levelName,
  named,
  type NamedPlace,
  type Placed,
  placesOfMarks,
  shifted,
} from '../geometry/levelNames';
import { choose } from './drawing';
import { blur } from './focus';
import { keepMarks, whenMarksRefused } from './levelMarks';
import { refresh } from './session';
import * as state from './state';

const STEP_MM = 1;
const AIM_MM = 3;
const FAR = 5;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export const keyOf = ({ kind, rank }: Pick<Placed, 'kind' | 'rank'>) => `${kind} ${rank}`;
export const lumbarCount = () => state.reading.value?.anatomy.lumbar_count ?? 5;

/** The marks as they would be kept, head to foot. */
export const marked = (): NamedPlace[] => named(state.marking.value?.places ?? [], lumbarCount());

export const namedBody = () =>
  levelName({ kind: 'vertebra', rank: state.marking.value?.rank ?? 0 }, lumbarCount());

export const clickableNames = () => bodyNames(lumbarCount()).toReversed();

/** Whether the marks name a last disc that a spine of so many lumbar vertebrae doesn't have. */
export const isNamedOtherwise = ({ level_marks, anatomy }: Reading): boolean => {
  const levels = level_marks.map(({ level }) => level);
  const isTold = levels.some((level) => /S1|L6/.test(level));
  return isTold && countIn(levels) !== anatomy.lumbar_count;
};

const levelling = () => state.viewing.current?.levelling;

function set(change: Partial<state.Marking>): void {
  if (!state.marking.value) return;
  state.marking.value = { ...state.marking.value, ...change };
  draw();
}

function draw(): void {
  const { marking } = state;
  const isPicking = !marking.value || marking.value.step === 'pick';
  const fresh = marked().map((place) => ({
    kind: place.kind,
    level: place.level,
    position_lps: [...place.point],
    key: keyOf(place),
    isChosen: keyOf(place) === marking.value?.chosen,
    isGuessed: !place.isSure,
  }));
  state.viewing.current?.showMarks(isPicking ? null : fresh);
}

/** M: begin, with what is marked already if there is something; again: leave it as it was. */
export function toggleMarking(): void {
  if (state.marking.value !== null) return stop();
  const one = state.reading.value;
  if (!one || state.isClosed.value || !levelling()) return;
  choose(null);
  blur();
  state.problem.value = '';
  const seen = one.level_marks.filter(({ source }) => source !== 'ai' || state.isAiVisible.value);
  const places = placesOfMarks(seen);
  if (places.length) check(places);
  else pick();
}

function check(places: readonly Placed[]): void {
  const lowest = Math.min(...places.map(({ rank }) => rank));
  state.marking.value = { step: 'check', places, rank: lowest, chosen: '', isGuessed: false };
  draw();
}

/** Ask for a click into a body, or for the cross to be set there. */
export function pick(): void {
  state.marking.value = { step: 'pick', places: [], rank: 1, chosen: '', isGuessed: false };
  draw();
  if (levelling()?.begin()) return;
  stop();
  state.problem.value = 'Levels are marked on a sagittal image; choose a layout that shows one.';
}

export function stop(): void {
  state.marking.value = null;
  draw();
  levelling()?.end();
}

/** A clicked point: the body to begin with. */
export function takePoint(point: Vec3, isSagittal: boolean): void {
  if (state.marking.value?.step !== 'pick') return;
  if (!isSagittal) {
    state.problem.value = 'Click a vertebral body on a sagittal image.';
    return;
  }
  const found = levelling()?.find(point);
  if (!found) {
    state.problem.value = 'No vertebral body was found there. Click the middle of one.';
    return;
  }
  state.problem.value = '';
  set({ step: 'name', places: found.places, rank: found.rank, isGuessed: found.isGuessed });
}

/** Say which vertebra was clicked; all levels shift with it. */
export function nameBody(rank: number): void {
  const { marking } = state;
  if (!marking.value || rank < 0 || rank >= bodyNames(lumbarCount()).length) return;
  blur();
  const places = shifted(marking.value.places, rank - marking.value.rank);
  set({ places, rank, chosen: '' });
}

export function askName(): void {
  blur();
  set({ step: 'name', chosen: '' });
}

export function confirmName(): void {
  blur();
  set({ step: 'check' });
}

export function chooseMark(key: string): void {
  set({ chosen: key, step: 'check' });
}

export function moveMark(key: string, point: Vec3): void {
  const places = (state.marking.value?.places ?? []).map((place) =>
    keyOf(place) === key ? { ...place, point, isSure: true } : place,
  );
  set({ places });
}

/** Keep what is marked. */
export function keep(): void {
  const places = marked();
  stop();
  keepMarks(places);
  state.viewing.current?.goToLevel(state.activeLevel.value);
}

function chooseNext(by: number): void {
  const all = marked();
  if (!all.length) return;
  const now = all.findIndex((place) => keyOf(place) === state.marking.value?.chosen);
  const at = now < 0 && by < 0 ? all.length - 1 : (now + by + all.length) % all.length;
  const next = all[at];
  if (!next) return;
  chooseMark(keyOf(next));
  levelling()?.goTo(next.point);
}

function remove(): void {
  const { marking } = state;
  const left = marking.value?.places.filter((place) => keyOf(place) !== marking.value?.chosen);
  if (left?.length) set({ places: left, chosen: '' });
}

/** Keys that would change grades: held as long as levels are marked or a mark is moved. */
export const HELD =
  /^([0-9]|[.ntcx]|Space|Tab|Shift\+Tab|Home|End|Delete|Backspace|Ctrl\+(Enter|z|y))$/;

/** A key while levels are marked; true if it meant something, or must not mean something else. */
export function pressMarkingKey(name: string): boolean {
  const { value: now } = state.marking;
  if (!now) return false;
  const arrow = ARROWS[name.replace('Shift+', '')];
  const far = name.startsWith('Shift+') ? FAR : 1;
  if (name === 'Escape') stop();
  else if (now.step === 'pick') return pickKey(name, arrow, far);
  else if (name === 'Backspace') pick();
  else if (now.step === 'name') return nameKey(name, arrow);
  else return checkKey(name, arrow, far);
  return true;
}

type Arrow = readonly [number, number] | undefined;

function pickKey(name: string, arrow: Arrow, far: number): boolean {
  if (arrow) levelling()?.nudge(arrow[0] * AIM_MM * far, arrow[1] * AIM_MM * far);
  else if (name === 'Enter') {
    const aim = levelling()?.aim();
    if (aim) takePoint(aim, true);
  } else return HELD.test(name);
  return true;
}

function nameKey(name: string, arrow: Arrow): boolean {
  const { rank } = state.marking.value as state.Marking;
  const said = { s: 'S1', t: 'T12' }[name] ?? (/^[1-6]$/.test(name) ? `L${name}` : '');
  if (arrow) nameBody(rank - (arrow[0] || arrow[1]));
  else if (said) nameBody(bodyNames(lumbarCount()).indexOf(said));
  else if (name === 'Enter') confirmName();
  else return HELD.test(name);
  return true;
}

function checkKey(name: string, arrow: Arrow, far: number): boolean {
  const { chosen } = state.marking.value as state.Marking;
  const mark = marked().find((place) => keyOf(place) === chosen);
  if (arrow && mark) {
    const step = STEP_MM * far;
    const to = levelling()?.moved(mark.point, arrow[0] * step, arrow[1] * step);
    if (to) moveMark(chosen, to);
  } else if (arrow) chooseNext(arrow[0] || arrow[1]);
  else if (name === 'Tab') chooseNext(1);
  else if (name === 'Shift+Tab') chooseNext(-1);
  else if (name === 'Delete') remove();
  else if (name === 'n') askName();
  else if (name === 'Enter') keep();
  else return HELD.test(name);
  return true;
}

// another number of vertebrae gives the same bodies other names
effect(() => {
  if (state.reading.value?.anatomy.lumbar_count && state.marking.peek()) untracked(draw);
});

whenMarksRefused((marks) => {
  void refresh()
    .catch(() => undefined)
    .then(() => {
      if (state.isClosed.value || state.marking.value) return;
      check(placesOfMarks(marks));
    });
});
