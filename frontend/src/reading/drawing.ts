/** Measurements of the case: tools, what is drawn, and its way to the server. */
import { computed, signal } from '@preact/signals';

import { readingUrl } from '../api/client';
import type { Act } from '../api/outbox';
import type { DrawingBody, MeasurementView, Reading } from '../api/types';
import { uuid } from '../api/uuid';
import { type Kind, words } from '../drawing/measures';
import type { Vec3 } from '../geometry/plane';
import type { Drawn } from '../viewer/drawing';
import { registerActions, setMode } from './actions';
import { blur } from './focus';
import { isHere, note, outbox, watchOutbox } from './outbox';
import * as state from './state';

export const TOOLS: Readonly<Record<Kind, readonly [words: string, key: string]>> = {
  length: ['Length', 'Shift+l'],
  angle: ['Angle', 'Shift+a'],
  cobb: ['Cobb angle', 'Shift+c'],
  ellipse: ['Ellipse', 'Shift+e'],
  rectangle: ['Rectangle', 'Shift+r'],
  landmark: ['Point', 'Shift+p'],
  box: ['3D box', 'Shift+x'],
};

type Stored = Drawn & { revision: number };

export const tool = signal<Kind | null>(null);
export const selected = signal('');
export const marks = signal<readonly Stored[]>([]);

/** Tools that the reader study allows. */
export const tools = computed(() =>
  (Object.keys(TOOLS) as Kind[]).filter((kind) =>
    state.reading.value?.protocol.tools.includes(kind),
  ),
);

const bodyOf = (act: Act) => act.body as DrawingBody;
const keyOf = (act: Act) => act.url.split('/').at(-2) ?? '';
const isMark = (act: Act) => act.kind === 'measurement';

const drawnOf = (view: MeasurementView): Stored => ({
  key: view.measurement_key,
  kind: view.kind as Kind,
  points: view.points_lps as unknown as Vec3[],
  stackId: view.stack_id,
  stackPosition: view.stack_position,
  label: view.label,
  values: view.values,
  revision: view.revision,
  isUnsaved: false,
});

/** Lay the marks of a reading before the reader, with those that still wait over them. */
export function takeMarks(one: Reading): void {
  const found = new Map(one.measurements.map((view) => [view.measurement_key, drawnOf(view)]));
  for (const act of outbox.waiting.filter((act) => isMark(act) && act.readingId === one.id)) {
    const body = bodyOf(act);
    const view = { ...body, measurement_key: keyOf(act), values: {}, revision: 0 };
    if (body.is_deleted) found.delete(keyOf(act));
    else found.set(keyOf(act), { ...drawnOf(view as MeasurementView), isUnsaved: true });
  }
  marks.value = [...found.values()];
  selected.value = '';
  tool.value = null;
}

outbox.on('measurement', {
  onStored: (act, answer) => {
    if (!isHere(act)) return;
    const stored = drawnOf(answer as MeasurementView);
    const isLast = !outbox.waiting.some((other) => isMark(other) && keyOf(other) === stored.key);
    marks.value = marks.value.map((mark) =>
      mark.key === stored.key && isLast
        ? stored
        : mark.key === stored.key
          ? { ...mark, revision: stored.revision }
          : mark,
    );
    note();
  },
  onRefused: (act, error) => {
    if (!isHere(act)) return;
    state.problem.value = `The mark was not stored. ${error.message}`;
    const there = error.details.measurement as MeasurementView | undefined;
    const others = marks.value.filter(({ key }) => key !== keyOf(act));
    marks.value = there && !there.is_deleted ? [...others, drawnOf(there)] : others;
  },
});
watchOutbox(() => {
  const waiting = new Set(outbox.waiting.filter(isMark).map(keyOf));
  if (marks.value.some((mark) => mark.isUnsaved !== waiting.has(mark.key))) {
    marks.value = marks.value.map((mark) => ({ ...mark, isUnsaved: waiting.has(mark.key) }));
  }
});

function send(mark: Stored, isDeleted: boolean): void {
  const one = state.reading.value;
  if (!one) return;
  const id = uuid();
  const own = outbox.waiting.filter((act) => isMark(act) && keyOf(act) === mark.key).length;
  const body: DrawingBody = {
    act_key: id,
    base_revision: mark.revision + own,
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

/** A mark is finished, or has been moved. */
export function takeDrawn(
  drawn: Pick<Drawn, 'kind' | 'points' | 'stackId' | 'stackPosition'>,
  key?: string,
): void {
  if (state.isClosed.value) return;
  const known = marks.value.find((mark) => mark.key === key);
  const mark: Stored = {
    key: known?.key ?? uuid(),
    label: known?.label ?? '',
    values: known?.values ?? {},
    revision: known?.revision ?? 0,
    kind: drawn.kind,
    points: [...drawn.points],
    stackId: drawn.stackId,
    stackPosition: drawn.stackPosition,
    isUnsaved: true,
  };
  marks.value = [...marks.value.filter((other) => other.key !== mark.key), mark];
  selected.value = mark.key;
  choose(null);
  send(mark, false);
}

export function remove(key: string): void {
  const mark = marks.value.find((one) => one.key === key);
  if (!mark || state.isClosed.value) return;
  marks.value = marks.value.filter((one) => one !== mark);
  selected.value = '';
  send(mark, true);
}

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
    isClosed: state.isClosed.value,
  };
  state.viewing.current?.setDrawing(given);
}

/** "Length 32.4 mm" */
export const markWords = (mark: Drawn): string =>
  [TOOLS[mark.kind][0], mark.label, ...words(mark.kind, mark.values)].filter(Boolean).join(' ');

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
