/** Levels being marked: a point to begin with, the column found from it, marks that are dragged. */
import { findColumn } from '../geometry/spineColumn';
import { isFaint, type Placed, placesOf, unsure } from '../geometry/levelNames';
import { guessedRank } from '../geometry/spineSacrum';
import { add, distance, normal, scale, type Vec3 } from '../geometry/plane';
import { crosshairAt } from './crosshair';
import type { Layer, Place, PointerAct } from './layers';
import { marksNear, marksOf } from './levels';
import { pixelsAt } from './loader';
import type { Scene } from './scene';
import { frameOf } from './slices';
import type { SliceViewport } from './viewport';

const NEAR_PX = 11;

/** What was found around a clicked body; ranks count up from S1, as far as that was recognised. */
export interface Found {
  places: Placed[];
  rank: number;
  isGuessed: boolean;
}

export interface LevellingEvents {
  onMarkTaken: (key: string) => void;
  onMarkMoved: (key: string, point: Vec3) => void;
}

interface Room {
  scene: Scene;
  viewports: () => readonly SliceViewport[];
  active: () => SliceViewport | null;
  enter: (viewport: SliceViewport) => void;
  redraw: () => void;
  /** Move all viewports of one frame of reference to a point. */
  goTo: (point: Vec3) => void;
}

export class Levelling implements Layer {
  private origin: SliceViewport | null = null;
  private dragged: string | null = null;

  constructor(
    private readonly room: Room,
    private readonly events: LevellingEvents,
  ) {}

  /** A cross in the middle of a sagittal image, to be moved by keys; false where none hangs. */
  begin(): boolean {
    const sagittal = this.sagittal();
    if (!sagittal) return false;
    this.room.enter(sagittal);
    this.aimAt(sagittal, sagittal.pointAt(sagittal.size.width / 2, sagittal.size.height / 2));
    return true;
  }

  end(): void {
    this.origin = null;
    this.dragged = null;
    this.room.scene.crosshair = null;
    this.room.redraw();
  }

  /** The cross, so many mm to the right and down on the image; stays on the slice that is seen. */
  nudge(right: number, down: number): void {
    const from = this.room.scene.crosshair?.point;
    const sagittal = this.sagittal();
    if (sagittal && from) this.aimAt(sagittal, stepOn(sagittal, from, right, down));
  }

  /** Where the cross stands, on the slice that is seen. */
  aim(): Vec3 | null {
    const from = this.room.scene.crosshair?.point;
    const sagittal = this.sagittal();
    return sagittal && from ? stepOn(sagittal, from, 0, 0) : null;
  }

  /** Bodies and discs from a point inside one body of the sagittal image that is active. */
  find(point: Vec3): Found | null {
    const viewport = this.sagittal();
    const { plane, frame } = viewport ?? {};
    const pixels = viewport && pixelsAt(viewport.imageIds[viewport.shown] as string);
    if (!viewport?.series || !plane || !frame || !pixels) return null;
    this.room.scene.clickedFrame = frameOf(viewport.series);
    const { rows, columns, samples_per_pixel: components } = frame;
    const column = findColumn({ plane, rows, columns, components, pixels }, point);
    if (!column) return null;
    this.room.scene.crosshair = null;
    const guess = guessedRank(column);
    const rank = guess ?? 1;
    const found = placesOf(column, rank);
    const places = isFaint(viewport.series) ? unsure(found) : found;
    return { places, rank, isGuessed: guess !== null };
  }

  /** A mark, so many mm to the right and down on the sagittal slice that is seen. */
  moved(point: Vec3, right: number, down: number): Vec3 {
    const sagittal = this.sagittal();
    return sagittal ? stepOn(sagittal, point, right, down) : point;
  }

  goTo(point: Vec3): void {
    this.room.goTo(point);
  }

  draw(): void {
    // the overlay draws the marks
  }

  pointer(act: PointerAct, viewport: SliceViewport, place: Place, original: PointerEvent): boolean {
    if (act === 'down') {
      this.dragged = original.button === 0 && !original.shiftKey ? this.at(viewport, place) : null;
      if (this.dragged) this.events.onMarkTaken(this.dragged);
      return this.dragged !== null;
    }
    if (!this.dragged) return false;
    const point = viewport.pointAt(place.x, place.y);
    if (act === 'move' && point) this.events.onMarkMoved(this.dragged, point);
    if (act === 'up') this.dragged = null;
    return true;
  }

  /** The fresh mark under a place; not on axial slices, which only pass it. */
  private at(viewport: SliceViewport, { x, y }: Place): string | null {
    const { scene } = this.room;
    if (!scene.isMarking || viewport.series?.plane === 'axial') return null;
    const near = marksNear(viewport.plane, marksOf(viewport, scene.fresh))
      .map(({ key, center }) => {
        const [left, top] = viewport.toCanvas(center);
        return { key, px: Math.hypot(left - x, top - y) };
      })
      .sort((a, b) => a.px - b.px)[0];
    return near && near.px <= NEAR_PX ? (near.key ?? null) : null;
  }

  private aimAt(viewport: SliceViewport, point: Vec3 | null): void {
    if (point) this.room.scene.crosshair = crosshairAt(viewport, point);
    this.room.redraw();
  }

  /** The sagittal image that is active, else the one that was, else the first that shows a slice. */
  private sagittal(): SliceViewport | null {
    const active = this.room.active();
    const shown = this.room.viewports().filter(isSagittal);
    const kept = shown.find((one) => one === active) ?? shown.find((one) => one === this.origin);
    this.origin = kept ?? shown[0] ?? null;
    return this.origin;
  }
}

const isSagittal = ({ series, shown, plane }: SliceViewport): boolean =>
  series?.plane === 'sagittal' && shown >= 0 && plane !== null;

/** A point dropped onto the slice on screen and moved along it, mm. */
function stepOn({ plane }: SliceViewport, point: Vec3, right: number, down: number): Vec3 {
  if (!plane) return point;
  const on = add(point, scale(normal(plane), -distance(plane, point)));
  return add(on, add(scale(plane.row, right), scale(plane.column, down)));
}
