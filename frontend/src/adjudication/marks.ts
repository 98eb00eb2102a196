/** What the readers have drawn, laid over the images reader by reader. */
import { effect, signal } from '@preact/signals';

import type { AdjudicationCase } from '../api/types';
import type { Kind } from '../drawing/measures';
import type { Vec3 } from '../geometry/plane';
import type { Drawn } from '../viewer/drawing';
import type { ReaderMask, ReaderMasks } from '../viewer/readerMasks';
import type { ViewingRoom } from '../viewer/room';
import { fetchMask, type Place } from './api';
import * as state from './state';

const masks = signal<readonly ReaderMask[]>([]);

/** Fetch the masks of all readers; one that doesn't come is told, the others are shown. */
export async function takeMasks(place: Place, one: AdjudicationCase): Promise<void> {
  masks.value = [];
  const wanted = one.readers.flatMap(({ letter, masks: of }) =>
    of.map(({ stack_id: stackId }) => ({ letter, stackId })),
  );
  await Promise.all(
    wanted.map(async ({ letter, stackId }) => {
      try {
        const labels = await fetchMask(place, letter, stackId);
        if (state.current.value !== one) return;
        masks.value = [...masks.value, { letter, stackId, labels, tone: state.toneOf(letter) }];
      } catch (error) {
        if (state.current.value === one) state.problem.value = (error as Error).message;
      }
    }),
  );
}

function drawn(one: AdjudicationCase): Drawn[] {
  return one.readers.flatMap(({ letter, measurements }) =>
    measurements.map((mark) => ({
      key: mark.measurement_key,
      kind: mark.kind as Kind,
      points: mark.points_lps as unknown as Vec3[],
      stackId: mark.stack_id,
      stackPosition: mark.stack_position,
      label: letter,
      values: mark.values,
      isUnsaved: false,
      tone: state.toneOf(letter),
    })),
  );
}

/** Keep the viewer up to what is to be shown. */
export function follow(room: ViewingRoom, layer: ReaderMasks): void {
  effect(() => {
    const one = state.current.value;
    const hidden = state.hiddenReaders.value;
    const isShown = ({ letter }: { letter: string }) => !hidden.has(letter);
    const all = one && state.showsMeasurements.value ? drawn(one) : [];
    const segments = one?.protocol.segments ?? [];
    layer.set({
      masks: state.showsMasks.value ? masks.value.filter(isShown) : [],
      segments: Object.fromEntries(
        segments.map(({ value, name }) => [value, segments.length > 1 ? name : '']),
      ),
    });
    room.setDrawing({
      marks: all.filter(({ label }) => isShown({ letter: label })),
      edited: null,
      tool: null,
      selected: '',
      isClosed: true,
    });
  });
}
