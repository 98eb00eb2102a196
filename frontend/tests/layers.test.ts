import { expect, it } from 'vitest';

import { type Layer, Layers, type PointerAct } from '../src/viewer/layers';
import type { SliceViewport } from '../src/viewer/viewport';

const viewport = {} as SliceViewport;
const event = {} as PointerEvent;

function listening(takes: (act: PointerAct) => boolean): Layer & { seen: PointerAct[] } {
  const seen: PointerAct[] = [];
  return {
    seen,
    draw: () => undefined,
    pointer: (act) => {
      seen.push(act);
      return takes(act);
    },
  };
}

const press = (layers: Layers, ...acts: PointerAct[]) =>
  acts.map((act) => layers.pointer(act, viewport, { x: 1, y: 2 }, event));

it('a layer that takes the pointer has it until it is up, alone', () => {
  const layers = new Layers();
  const [drawing, below] = [listening((act) => act === 'down'), listening(() => true)];
  layers.add(drawing);
  layers.add(below);
  expect(press(layers, 'down', 'move', 'up')).toEqual([true, true, true]);
  expect(drawing.seen).toEqual(['down', 'move', 'up']);
  expect(below.seen).toEqual([]);
});

it('a pointer that no layer wants is the viewport’s', () => {
  const layers = new Layers();
  layers.add(listening(() => false));
  expect(press(layers, 'down', 'move', 'up')).toEqual([false, false, false]);
  expect(press(new Layers(), 'down')).toEqual([false]);
});
