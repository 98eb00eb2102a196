/** Measurements of the case: tools, what is drawn, and its way to the server. */
import { computed, signal } from '@preact/signals';

import { readingUrl } from '../api/client';
import type { Act } from '../api/outbox';
import type { DrawingBody, MeasurementView, Reading } from '../api/types';
import { uuid } from '../api/uuid';
import { type Kind, measure, words } from '../drawing/measures';
import type { Vec3 } from '../geometry/plane';
import type { Drawn, Edited } from '../viewer/drawing';
import { sliceAt } from '../viewer/slices';
import { registerActions, setMode } from './actions';
import { blur } from './focus';
import { isHere, note, outbox, watchOutbox } from './outbox';
import * as state from './state';
import { remember } from './undoing';

export const TOOLS: Readonly<Record<Kind, readonly [words: string, key: string]>> = {
  length: ['Length', 'Shift+l'],
  angle: ['Angle', 'Shift+a'],
  cobb: ['Cobb angle', 'Shift+c'],
  ellipse: ['Ellipse', 'Shift+e'],
  rectangle: ['Rectangle', 'Shift+r'],
  landmark: ['Point', 'Shift+p'],
  box: ['3D box', 'Shift+x'],
};

export const tool = signal<Kind | null>(null);
export const selected = signal('');
export const marks = signal<readonly Drawn[]>([]);
/** The mark whose points are moved by keys, as it stands meanwhile. */
export const edited = signal<Edited | null>(null);
/** Revision of each mark as the server has it, of deleted ones too. */
const revisions = new Map<string, number>();

/** Tools that the reader study allows. */
export const tools = computed(() =>
  (Object.keys(TOOLS) as Kind[]).filter((kind) =>
    state.reading.value?.protocol.tools.includes(kind),
  ),
);

const bodyOf = (act: Act) => act.body as DrawingBody;
const keyOf = (act: Act) => act.url.split('/').at(-2) ?? '';
const isMark = (act: Act) => act.kind === 'measurement';

type View = Omit<MeasurementView, 'revision'>;
type Shape = Pick<Drawn, 'kind' | 'points' | 'stackId' | 'stackPosition'>;

const drawnOf = (view: View): Drawn => ({
  key: view.measurement_key,
  kind: view.kind as Kind,
  points: view.points_lps as unknown as Vec3[],
  stackId: view.stack_id,
  stackPosition: view.stack_position,
  label: view.label,
  values: view.values,
  isUnsaved: false,
});

function storedOf(view: MeasurementView): Drawn {
  revisions.set(view.measurement_key, view.revision);
  return drawnOf(view);
}

/** As far as they follow from the points: the server says the rest. */
function valuesOf(one: Reading, { kind, points, stackId, stackPosition }: Shape) {
  const plane = sliceAt(one, stackId, stackPosition);
  return plane ? measure(kind, points, plane) : {};
}

/** Lay the marks of a reading before the reader, with those that still wait over them. */
export function takeMarks(one: Reading): void {
  const found = new Map(one.measurements.map((view) => [view.measurement_key, storedOf(view)]));
  for (const act of outbox.waiting.filter((act) => isMark(act) && act.readingId === one.id)) {
    const body = bodyOf(act);
    const drawn = drawnOf({ ...body, measurement_key: keyOf(act), values: {} } as View);
    if (body.is_deleted) found.delete(keyOf(act));
    else found.set(keyOf(act), { ...drawn, values: valuesOf(one, drawn), isUnsaved: true });
  }
  marks.value = [...found.values()];
  selected.value = '';
  tool.value = null;
}

outbox.on('measurement', {
  onStored: (act, answer) => {
    const stored = storedOf(answer as MeasurementView);
    if (!isHere(act)) return;
    const isLast = !outbox.waiting.some((other) => isMark(other) && keyOf(other) === stored.key);
    if (isLast) marks.value = marks.value.map((mark) => (mark.key === stored.key ? stored : mark));
    note();
  },
  onRefused: (act, error) => {
    const there = error.details.measurement as MeasurementView | undefined;
    const stored = there && storedOf(there);
    if (!isHere(act)) return;
    state.problem.value = `The mark was not stored. ${error.message}`;
    const others = marks.value.filter(({ key }) => key !== keyOf(act));
    marks.value = stored && !there.is_deleted ? [...others, stored] : others;
  },
});
watchOutbox(() => {
  const waiting = new Set(outbox.waiting.filter(isMark).map(keyOf));
  if (marks.value.some((mark) => mark.isUnsaved !== waiting.has(mark.key))) {
    marks.value = marks.value.map((mark) => ({ ...mark, isUnsaved: waiting.has(mark.key) }));
  }
});

function send(mark: Drawn, isDeleted: boolean): void {
  const one = state.reading.value;
  if (!one) return;
  const id = uuid();
  const own = outbox.waiting.filter((act) => isMark(act) && keyOf(act) === mark.key).length;
  const body: DrawingBody = {
    act_key: id,
    base_revision: (revisions.get(mark.key) ?? 0) + own,
    kind: mark.kind,
    points_lps: mark.points.map((point) => [...point]),
    stack_id: mark.stackId,
    stack_position: mark.stackPosition,
    label: mark.label,
    is_deleted: isDeleted,
    drawn_at: new Date().toISOString(),
  };
  const url = `${readingUrl(one.id)}measurements/${mark.key}/`;
  outbox.put({ id, readingId: one.id, kind: 'measurement', method: 'PUT', url, body });
  note();
}

/** Show a mark as it is to be, or take it away, and send that. */
function set(key: string, mark: Drawn | null): void {
  const known = marks.value.find((one) => one.key === key);
  if (state.isClosed.value || (!mark && !known)) return;
  selected.value = mark ? key : '';
  if (mark) {
    const next = { ...mark, isUnsaved: true };
    marks.value = known
      ? marks.value.map((one) => (one === known ? next : one))
      : [...marks.value, next];
    send(next, false);
  } else if (known) {
    marks.value = marks.value.filter((one) => one !== known);
    send(known, true);
  }
}

/** The same as an act that can be undone. */
function change(key: string, after: Drawn | null): void {
  const before = marks.value.find((one) => one.key === key) ?? null;
  const kind = (after ?? before)?.kind;
  if (state.isClosed.value || !kind) return;
  const done = !before ? 'drawn' : after ? 'moved' : 'deleted';
  remember([{ key, before, after }], set, `${TOOLS[kind][0]} ${done}`);
  set(key, after);
}

/** A mark is finished, or has been moved. */
export function keepMark(drawn: Shape, key: string = uuid()): void {
  const one = state.reading.value;
  if (!one) return;
  const { kind, points, stackId, stackPosition } = drawn;
  const label = marks.value.find((mark) => mark.key === key)?.label ?? '';
  const shape = { kind, points: [...points], stackId, stackPosition };
  change(key, { key, label, ...shape, values: valuesOf(one, shape), isUnsaved: true });
}

/** The same with the mouse or with a tool, which is laid down then. */
export function takeDrawn(drawn: Shape, key?: string): void {
  keepMark(drawn, key);
  choose(null);
}

export const remove = (key: string): void => change(key, null);

/** Take a tool, or none. With a tool, keys go to the drawing first. */
export function choose(kind: Kind | null): void {
  tool.value = kind !== null && tools.value.includes(kind) && !state.isClosed.value ? kind : null;
  setMode(tool.value ? pressWithTool : null);
  if (!tool.value) return;
  document.activeElement?.closest('details')?.removeAttribute('open');
  blur();
}

function pressWithTool(name: string): boolean {
  if (name === 'Escape') {
    choose(null);
    return true;
  }
  return state.viewing.current?.drawKey(name) ?? false;
}

/** Give the viewer what there is to draw. */
export function showDrawing(): void {
  const given = {
    marks: marks.value,
    tool: tool.value,
    selected: selected.value,
    edited: edited.value,
    isClosed: state.isClosed.value,
  };
  state.viewing.current?.setDrawing(given);
}

/** "Length 32.4 mm" */
export const markWords = (mark: Drawn): string =>
  [TOOLS[mark.kind][0], mark.label, ...words(mark.kind, mark.values)]
    .filter(Boolean)
    .join(' ')
    .replace('angle Cobb', 'angle');

const hasSelected = () => selected.value !== '' && !state.isClosed.value;

registerActions('Measure', [
  ...(Object.keys(TOOLS) as Kind[]).map((kind) => ({
    id: `draw-${kind}`,
    keys: [TOOLS[kind][1]],
    words: `${TOOLS[kind][0]} (again, or Escape: none)`,
    when: () => tools.value.includes(kind),
    act: () => choose(tool.value === kind ? null : kind),
  })),
  {
    id: 'draw-delete',
    keys: ['Delete'],
    words: 'Delete the chosen mark',
    when: hasSelected,
    act: () => remove(selected.value),
  },
  {
    id: 'draw-extend',
    keys: ['Shift+b'],
    words: 'The chosen 3D box reaches to this slice',
    when: hasSelected,
    act: () => state.viewing.current?.extendBox(selected.value),
  },
]);
