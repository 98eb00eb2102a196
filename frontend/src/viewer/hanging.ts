/** What passes between a viewport, the room and the page. */
import type { Reading, ViewerSeries } from '../api/types';
import type { Vec3 } from '../geometry/plane';
import type { DrawingEvents } from './drawing';
import type { Place, PointerAct } from './layers';
import type { LevellingEvents } from './levelling';
import type { MaskEvents } from './masks';
import type { OverlayContent } from './overlay';
import type { Change, Look } from './view';
import type { SliceViewport } from './viewport';

/** Settings of the viewer that a protocol may freeze. */
export type Freezable = Reading['protocol']['frozen'][number];

export interface ViewportEvents {
  isFrozen: (setting: Freezable) => boolean;
  /** The reader has moved the viewport by some slices. */
  onSlice: (viewport: SliceViewport, steps: number) => void;
  /** Another slice is on screen: lines and notes of every viewport go by it. */
  onShown: (viewport: SliceViewport) => void;
  /** The reader has changed window, zoom or pan. */
  onView: (viewport: SliceViewport, change: Change) => void;
  onLevel: (level: string) => void;
  /** The title was clicked: another series is wanted here. */
  onTitle: (viewport: SliceViewport) => void;
  onPoint: (viewport: SliceViewport, point: Vec3) => void;
  onEnter: (viewport: SliceViewport) => void;
  onEnlarge: (viewport: SliceViewport) => void;
  onDraw: (viewport: SliceViewport) => void;
  /** True: a layer has taken the pointer. */
  onPointer: (
    act: PointerAct,
    viewport: SliceViewport,
    place: Place,
    original: PointerEvent,
  ) => boolean;
}

export type RoomContent = Pick<
  OverlayContent,
  'lines' | 'labels' | 'outlines' | 'boxes' | 'cross' | 'isSynthetic' | 'notes'
>;

/** Of a viewport on which no slice is seen. */
export const NOTHING = {
  lines: [],
  labels: [],
  outlines: [],
  boxes: [],
  cross: null,
  notes: [],
};

/** What a viewport is to show. */
export interface Hanging {
  readingId: number;
  title: string;
  series: ViewerSeries | null;
  index: number;
  /** The point that should come to the middle. */
  focus: Vec3 | null;
  look: Look | null;
}

/** What a toolbar shows of the room. */
export interface Looking {
  layout: number;
  /** Series slot by slot, null where there is none; slot: that of the active viewport. */
  hung: readonly (number | null)[];
  slot: number;
  isByHand: boolean;
  preset: string;
  isInverted: boolean;
  isClose: boolean;
  isCine: boolean;
  hasCrosshair: boolean;
}

/** What hangs, slot by slot: the number of a series (its stack), null where there is none. */
export interface HungNow {
  name: string;
  hung: readonly (number | null)[];
  isByHand: boolean;
}

export interface RoomEvents extends DrawingEvents, MaskEvents, LevellingEvents {
  onLevel: (level: string) => void;
  /** A clicked point; isSagittal: on an image on which discs can be marked. */
  onPoint: (point: Vec3, isSagittal: boolean) => void;
  onProblem: (message: string) => void;
  onGraphicsLost: () => void;
  onReady: (state: 'first-image' | 'all-loaded') => void;
  /** The reader has chosen another layout, or hung a series by hand. */
  onLayout: (hung: HungNow) => void;
  /** The reader wants to choose a series for the active viewport. */
  onSeriesAsked: () => void;
  onLooking: (looking: Looking) => void;
}
