/** Brings the viewports to a level or to a point, each as its frame of reference allows. */
import type { Vec3 } from '../geometry/plane';
import { type Crosshair, crosshairAt } from './crosshair';
import type { RoomEvents } from './hanging';
import type { Links } from './links';
import type { Scene } from './scene';
import { frameOf } from './slices';
import type { SliceViewport } from './viewport';

const CLOSE_UP_MM = 90;

export class Pointing {
  constructor(
    private readonly scene: Scene,
    private readonly links: Links,
    private readonly all: () => readonly SliceViewport[],
  ) {}

  /** Every viewport for which the level is marked goes there. */
  toLevel(level: string): void {
    this.scene.activeLevel = level;
    this.links.alone(() => {
      for (const viewport of this.all()) {
        const center = viewport.series && this.scene.centerAt(viewport.series, level);
        if (!center) continue;
        viewport.goToPoint(center);
        // the slab of another level is angled otherwise: its own slice says where the middle is
        if (viewport.view.isClose) void viewport.idle().then(() => this.closeUp(viewport));
      }
    });
  }

  /** To a mark that is being set, in its frame of reference. */
  toMark(point: Vec3): void {
    const { clickedFrame } = this.scene;
    this.links.alone(() => {
      for (const viewport of this.all()) {
        const { series } = viewport;
        if (series && (!clickedFrame || frameOf(series) === clickedFrame)) {
          viewport.goToPoint(point);
        }
      }
    });
  }

  /** A click on an image; true: the crosshair is there, false: it was for a mark. */
  click(from: SliceViewport, point: Vec3, tell: RoomEvents['onPoint']): boolean {
    const { series } = from;
    if (series) this.scene.clickedFrame = frameOf(series);
    const wasMarking = this.scene.isMarking;
    tell(point, series?.plane === 'sagittal');
    if (wasMarking || this.scene.isMarking) return false;
    this.toPoint(from, point);
    return true;
  }

  /** A crosshair at a point of one viewport; the others jump there. */
  toPoint(from: SliceViewport, point: Vec3): void {
    this.scene.crosshair = crosshairAt(from, point);
    this.links.alone(() => {
      for (const viewport of this.all()) {
        const place = viewport === from ? null : this.scene.aimOf(viewport)?.point;
        if (place) viewport.goToPoint(place);
      }
    });
  }

  /** Every viewport goes to a place, as its frame of reference allows; nothing is marked there. */
  toPlace(place: Crosshair): void {
    this.links.alone(() => {
      for (const viewport of this.all()) {
        const { point } = this.scene.aimAt(viewport, place);
        if (point) viewport.goToPoint(point);
      }
    });
  }

  /** A crosshair in the middle of a viewport, or none where there is one. */
  toggleCrosshair(viewport: SliceViewport | null): void {
    if (this.scene.crosshair) {
      this.scene.crosshair = null;
      return;
    }
    const { width = 0, height = 0 } = viewport?.size ?? {};
    const point = viewport?.pointAt(width / 2, height / 2);
    if (viewport && point) this.toPoint(viewport, point);
  }

  /** The surroundings of the level fill the linked viewports, or the active one; again: back. */
  toggleCloseUp(active: SliceViewport | null): void {
    const seen = this.all().filter(({ shown }) => shown >= 0);
    const meant = this.links.isOn ? seen : seen.filter((one) => one === active);
    const close = meant.filter(({ view }) => view.isClose);
    if (close.length) close.forEach(({ view }) => view.leave());
    else meant.forEach((viewport) => this.closeUp(viewport));
  }

  private closeUp({ series, view }: SliceViewport): void {
    const center = series && this.scene.centerAt(series, this.scene.activeLevel);
    if (center) view.closeUp(center, CLOSE_UP_MM);
  }
}
