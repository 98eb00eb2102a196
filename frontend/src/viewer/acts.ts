/** What a key does to the room, or to the viewport that is active. */
import type { ActiveViewport } from './active';
import type { Cine } from './cine';
import type { Pointing } from './pointing';
import { presetBeside } from './presets';
import type { SliceViewport } from './viewport';
import type { Wall } from './wall';

const PAN_PX = 30;
const ZOOM_STEP = 1.15;
const WINDOW_PX = 16;

type OfOneViewport =
  | 'previous-slice'
  | 'next-slice'
  | 'zoom-in'
  | 'zoom-out'
  | 'brighter'
  | 'darker'
  | 'more-contrast'
  | 'less-contrast'
  | 'previous-window'
  | 'next-window'
  | 'invert'
  | 'pan-left'
  | 'pan-right'
  | 'pan-up'
  | 'pan-down';

type OfTheRoom =
  'next-viewport' | 'enlarge' | 'reset' | 'crosshair' | 'cine' | 'stop-cine' | 'close-up';

export type ViewAct = OfOneViewport | OfTheRoom;

const ACTS: Record<OfOneViewport, (viewport: SliceViewport) => void> = {
  'previous-slice': (one) => one.goTo(one.index - 1),
  'next-slice': (one) => one.goTo(one.index + 1),
  'zoom-in': ({ view }) => view.zoomBy(ZOOM_STEP),
  'zoom-out': ({ view }) => view.zoomBy(1 / ZOOM_STEP),
  brighter: ({ view }) => view.dragWindow(0, -WINDOW_PX),
  darker: ({ view }) => view.dragWindow(0, WINDOW_PX),
  'more-contrast': ({ view }) => view.dragWindow(-WINDOW_PX, 0),
  'less-contrast': ({ view }) => view.dragWindow(WINDOW_PX, 0),
  'previous-window': ({ view }) => view.usePreset(presetBeside(view.preset, -1)),
  'next-window': ({ view }) => view.usePreset(presetBeside(view.preset, 1)),
  invert: ({ view }) => view.invert(),
  'pan-left': ({ view }) => view.panBy(-PAN_PX, 0),
  'pan-right': ({ view }) => view.panBy(PAN_PX, 0),
  'pan-up': ({ view }) => view.panBy(0, -PAN_PX),
  'pan-down': ({ view }) => view.panBy(0, PAN_PX),
};

interface Room {
  stage: ActiveViewport;
  wall: Wall;
  pointing: Pointing;
  cine: Cine;
  changed: () => void;
}

export function act(name: ViewAct, { stage, wall, pointing, cine, changed }: Room): void {
  const { current: active } = stage;
  switch (name) {
    case 'next-viewport':
      return stage.enterNext();
    case 'reset':
      return wall.viewports.forEach((one) => one.shown >= 0 && one.view.reset());
    case 'enlarge':
      return active ? stage.enlarge(active) : undefined;
    case 'crosshair':
      pointing.toggleCrosshair(active);
      return changed();
    case 'cine':
      return cine.toggle();
    case 'stop-cine':
      return cine.stop();
    case 'close-up':
      pointing.toggleCloseUp(active);
      return changed();
    default:
      if (active && active.shown >= 0) ACTS[name](active);
  }
}
