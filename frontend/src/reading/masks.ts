/** Masks of the case: brush, segment, labelmaps, and their way to the server and back. */
import { computed, effect, signal } from '@preact/signals';

import { readingUrl } from '../api/client';
import type { Act } from '../api/outbox';
import type { Reading } from '../api/types';
import { uuid } from '../api/uuid';
import { pack, unpack } from '../drawing/codec';
import { type GridShape, Labelmap } from '../drawing/labelmap';
import type { Brush } from '../viewer/masks';
import { registerActions, setMode } from './actions';
import { choose as chooseTool } from './drawing';
import { blur } from './focus';
import { isHere, note, outbox, watchOutbox } from './outbox';
import * as state from './state';

const SAVE_AFTER_MS = 800;
const SMALLEST_MM = 0.5;
const LARGEST_MM = 30;

export const BRUSHES: Readonly<Record<Brush, readonly [words: string, key: string]>> = {
  brush: ['Brush', 'Shift+d'],
  eraser: ['Eraser', 'Shift+g'],
  threshold: ['Threshold brush', 'Shift+t'],
};

export const brush = signal<Brush | null>(null);
export const segment = signal(0);
export const radiusMm = signal(3);
export const range = signal<readonly [number, number]>([0, 0]);
export const opacity = signal(0.5);
/** Stacks whose masks wait to be stored. */
export const unsavedMasks = signal<ReadonlySet<number>>(new Set());

export const segments = computed(() => state.reading.value?.protocol.segments ?? []);

const maps = new Map<number, Labelmap>();
const revisions = new Map<number, number>();
const timers = new Map<number, ReturnType<typeof setTimeout>>();
/** Stacks on the way from `changed` into the outbox. */
const packing = new Map<number, Promise<void>>();
let changed = new Set<number>();
let lastStack: number | null = null;
/** The reading that the labelmaps belong to. */
let owner = 0;

const isMask = (act: Act) => act.kind === 'mask';
const stackOf = (act: Act) => Number(act.url.split('/').at(-2));
const urlOf = (readingId: number, stackId: number) => `${readingUrl(readingId)}masks/${stackId}/`;

/** Another case: its own masks come from the server, or from what still waits to go there. */
export function takeMasks(one: Reading): void {
  for (const stackId of [...timers.keys()]) void save(stackId); // of the case that is left
  owner = one.id;
  maps.clear();
  revisions.clear();
  changed = new Set();
  chooseBrush(null);
  segment.value = one.protocol.segments[0]?.value ?? 0;
  const { center = 0, width = 0 } = one.series[0]?.voi ?? {};
  range.value = [Math.round(center), Math.round(center + width / 2)];
  for (const { stack_id: stackId, revision } of one.masks) revisions.set(stackId, revision);
  const waiting = outbox.waiting.filter((act) => isMask(act) && act.readingId === one.id);
  const stacks = new Set([...one.masks.map((mask) => mask.stack_id), ...waiting.map(stackOf)]);
  for (const stackId of stacks) {
    const last = waiting.findLast((act) => stackOf(act) === stackId);
    void load(one, stackId, last?.body as Uint8Array<ArrayBuffer> | undefined);
  }
}

async function load(one: Reading, stackId: number, waiting?: Uint8Array<ArrayBuffer>) {
  try {
    const data = await unpack(waiting ?? (await download(one.id, stackId)));
    const shape = shapeOf(one, stackId);
    if (state.reading.value?.id !== one.id || !shape || maps.has(stackId)) return;
    maps.set(stackId, new Labelmap(shape, data));
    showMasks();
  } catch (error) {
    if (state.reading.value?.id !== one.id) return;
    state.problem.value = `The masks could not be loaded. ${(error as Error).message} Reload to try again.`;
  }
}

async function download(readingId: number, stackId: number): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(urlOf(readingId, stackId), { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

function shapeOf(one: Reading, stackId: number): GridShape | null {
  const frames = one.series
    .flatMap((series) => series.frames)
    .filter((frame) => frame.stack_id === stackId);
  const [frame] = frames;
  if (!frame?.row_spacing_mm || !frame.column_spacing_mm) return null;
  return {
    slices: new Set(frames.map((other) => other.stack_position)).size,
    rows: frame.rows,
    columns: frame.columns,
    rowSpacingMm: frame.row_spacing_mm,
    columnSpacingMm: frame.column_spacing_mm,
  };
}

/** For the viewer: what is there, and what may be begun. */
export const knownLabelmap = (stackId: number): Labelmap | null => maps.get(stackId) ?? null;

export function labelmapOf(stackId: number, shape: GridShape): Labelmap | null {
  if (state.isClosed.value) return null;
  const isLoading = revisions.has(stackId) && !maps.has(stackId);
  if (isLoading) return null;
  lastStack = stackId;
  const known = maps.get(stackId) ?? new Labelmap(shape);
  maps.set(stackId, known);
  return known;
}

/** A stroke is finished: it is sent a moment after the last one. */
export function painted(stackId: number): void {
  changed.add(stackId);
  lastStack = stackId;
  clearTimeout(timers.get(stackId));
  timers.set(
    stackId,
    setTimeout(() => void save(stackId), SAVE_AFTER_MS),
  );
  tellUnsaved();
  showMasks();
}

/** Everything is taken from the case before the first pause: another may be open after it. */
async function save(stackId: number): Promise<void> {
  clearTimeout(timers.get(stackId));
  timers.delete(stackId);
  const map = maps.get(stackId);
  if (!map || !changed.delete(stackId)) return;
  const readingId = owner;
  const own = outbox.waiting.filter(
    (act) => isMask(act) && act.readingId === readingId && stackOf(act) === stackId,
  );
  const before = packing.get(stackId);
  const base = (revisions.get(stackId) ?? 0) + own.length + (before ? 1 : 0);
  const id = uuid();
  const packed = Promise.all([pack(map.data), before]).then(([body]) => {
    if (packing.get(stackId) === packed) packing.delete(stackId);
    outbox.put({
      id,
      readingId,
      kind: 'mask',
      method: 'PUT',
      url: urlOf(readingId, stackId),
      body,
      headers: { 'X-Base-Revision': String(base), 'X-Act-Key': id },
    });
    note();
  });
  packing.set(stackId, packed);
  await packed;
}

/** Send what has been painted now, before the case is submitted. */
export async function saveMasks(): Promise<void> {
  await Promise.all([...[...changed].map(save), ...packing.values()]);
}

outbox.on('mask', {
  onStored: (act, answer) => {
    if (isHere(act)) revisions.set(stackOf(act), (answer as { revision: number }).revision);
    note();
  },
  onRefused: (act, error) => {
    const stackId = stackOf(act);
    outbox.withdraw(
      (other) => isMask(other) && other.readingId === act.readingId && stackOf(other) === stackId,
    );
    if (!isHere(act)) return;
    const there = error.details.mask as { revision: number } | undefined;
    if (there) revisions.set(stackId, there.revision);
    state.problem.value = there
      ? `${error.message} Yours are still here: paint on to keep yours, or reload to take the others.`
      : `The masks were not stored. ${error.message}`;
  },
});

function tellUnsaved(): void {
  const waiting = outbox.waiting.filter((act) => isMask(act) && isHere(act)).map(stackOf);
  const all = new Set([...changed, ...packing.keys(), ...waiting]);
  const known = unsavedMasks.value;
  if (all.size !== known.size || [...all].some((one) => !known.has(one))) unsavedMasks.value = all;
}
watchOutbox(tellUnsaved);

export function chooseBrush(kind: Brush | null): void {
  brush.value = kind !== null && segments.value.length && !state.isClosed.value ? kind : null;
  if (brush.value) {
    chooseTool(null);
    blur();
  }
  setMode(brush.value ? pressWithBrush : null);
}

export function resize(factor: number): void {
  radiusMm.value = Math.min(Math.max(radiusMm.value * factor, SMALLEST_MM), LARGEST_MM);
}

function pressWithBrush(name: string): boolean {
  const at = segments.value.findIndex(({ value }) => value === segment.value);
  switch (name) {
    case 'Escape':
      chooseBrush(null);
      return true;
    case '[':
      resize(1 / 1.25);
      return true;
    case ']':
      resize(1.25);
      return true;
    case 'Ctrl+z':
      turn('undo');
      return true;
    case 'Ctrl+y':
    case 'Ctrl+Shift+z':
      turn('redo');
      return true;
    case 'Tab':
      segment.value = segments.value[(at + 1) % segments.value.length]?.value ?? 0;
      return true;
  }
  return state.viewing.current?.drawKey(name) ?? false;
}

/** Undo or redo the last stroke of the segment, on the stack painted last. */
export function turn(which: 'undo' | 'redo'): void {
  const map = lastStack === null ? null : maps.get(lastStack);
  if (map?.[which](segment.value) && lastStack !== null) painted(lastStack);
}

export function fillBetween(): void {
  const map = lastStack === null ? null : maps.get(lastStack);
  const filled = map?.fillBetween(segment.value) ?? 0;
  state.tip.value = filled
    ? `Filled ${filled === 1 ? '1 slice' : `${filled} slices`} between.`
    : 'Paint this segment on two slices with empty ones between, then fill.';
  if (filled && lastStack !== null) painted(lastStack);
}

/** Give the viewer what there is to draw. */
export function showMasks(): void {
  // read before the viewer is asked, so that the effect below follows every signal
  const given = {
    brush: brush.value,
    segment: segment.value,
    colors: Object.fromEntries(segments.value.map(({ value, color }) => [value, color])),
    radiusMm: radiusMm.value,
    range: range.value,
    opacity: opacity.value,
  };
  state.viewing.current?.setMasks(given);
}
effect(showMasks);

const hasSegments = () => segments.value.length > 0 && !state.isClosed.value;

registerActions('Masks', [
  ...(Object.keys(BRUSHES) as Brush[]).map((kind) => ({
    id: `mask-${kind}`,
    keys: [BRUSHES[kind][1]],
    words: `${BRUSHES[kind][0]} (arrows, Enter: down and up; [ and ]: size; Tab: segment)`,
    when: hasSegments,
    act: () => chooseBrush(brush.value === kind ? null : kind),
  })),
  {
    id: 'mask-fill',
    keys: ['Shift+f'],
    words: 'Fill between painted slices',
    when: hasSegments,
    act: fillBetween,
  },
]);
