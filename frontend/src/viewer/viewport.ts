/** One viewport: a series as a stack of slices, mouse tools, and what is drawn over it. */
import { Enums, type RenderingEngine, type Types } from '@cornerstonejs/core';

import {
  cross,
  nearestSlice,
  orientationLetters,
  type SlicePlane,
  type Vec3,
} from '../geometry/plane';
import type { ViewerSeries } from '../api/types';
import { registerSeries } from './loader';
import { Overlay, type OverlayContent } from './overlay';
import { planesOf } from './slices';
import { Mouse } from './mouse';

/** Largest first enlargement over "the whole image is visible". */
const FILL = 1.7;

export interface ViewportEvents {
  onSlice: (viewport: SliceViewport) => void;
  onLevel: (level: string) => void;
  onPoint: (viewport: SliceViewport, point: Vec3) => void;
  onMaximise: (viewport: SliceViewport) => void;
  onProblem: (message: string) => void;
  onDraw: (viewport: SliceViewport) => void;
}

export class SliceViewport {
  readonly element = document.createElement('div');
  readonly overlay: Overlay;
  series: ViewerSeries | null = null;
  imageIds: string[] = [];
  planes: (SlicePlane | null)[] = [];
  index = 0;
  title = '';
  voi = { center: 0, width: 1 };
  private focus: Vec3 | null = null;
  private generation = 0;
  private drawing = 0;

  constructor(
    readonly id: string,
    private readonly engine: RenderingEngine,
    host: HTMLElement,
    readonly events: ViewportEvents,
  ) {
    this.element.className = 'pixels';
    this.overlay = new Overlay(events.onLevel);
    host.append(this.element, this.overlay.svg);
    engine.enableElement({
      viewportId: id,
      element: this.element,
      type: Enums.ViewportType.STACK,
      defaultOptions: { background: [0, 0, 0] },
    });
    for (const name of [Enums.Events.IMAGE_RENDERED, Enums.Events.CAMERA_MODIFIED]) {
      this.element.addEventListener(name, () => this.redraw());
    }
    new Mouse(this, host);
  }

  get stack(): Types.IStackViewport {
    return this.engine.getViewport(this.id) as Types.IStackViewport;
  }

  /** Show a series at a slice; resolves when that slice is on screen. */
  async show(
    title: string,
    series: ViewerSeries | null,
    index: number,
    focus: Vec3 | null,
  ): Promise<void> {
    this.focus = focus;
    const generation = ++this.generation;
    this.title = title;
    this.series = series;
    this.imageIds = series ? registerSeries(series) : [];
    this.planes = series ? planesOf(series) : [];
    this.index = index;
    this.element.hidden = !series;
    this.redraw();
    if (!series) return;
    this.voi = { ...series.voi };
    try {
      await this.stack.setStack(this.imageIds, index);
      if (generation !== this.generation) return;
      this.fit();
      this.applyVoi();
      this.stack.render();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    } catch (error) {
      this.events.onProblem(`${title}: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.redraw();
  }

  /** Go to a slice; out of range stays at the end. */
  goTo(index: number): void {
    const wanted = Math.min(Math.max(index, 0), this.imageIds.length - 1);
    if (wanted < 0 || wanted === this.index) return;
    this.index = wanted;
    void this.stack
      .setImageIdIndex(wanted)
      .catch((error: unknown) => this.events.onProblem(`${this.title}: ${String(error)}`))
      .then(() => this.redraw());
    this.events.onSlice(this);
  }

  /** Go to the slice nearest to a point of the patient. */
  goToPoint(point: Vec3): void {
    const nearest = nearestSlice(this.planes, point);
    if (nearest >= 0) this.goTo(nearest);
  }

  get plane(): SlicePlane | null {
    return this.planes[this.index] ?? null;
  }

  get frame() {
    return this.series?.frames[this.index] ?? null;
  }

  setVoi(center: number, width: number): void {
    this.voi = { center, width: Math.max(width, 1) };
    this.applyVoi();
    this.stack.render();
    this.redraw();
  }

  private applyVoi(): void {
    const { center, width } = this.voi;
    const range = { lower: center - width / 2, upper: center + width / 2 };
    const invert = this.series?.photometric_interpretation === 'MONOCHROME1';
    if (this.frame?.samples_per_pixel === 1) this.stack.setProperties({ voiRange: range, invert });
  }

  reset(): void {
    if (!this.series) return;
    this.voi = { ...this.series.voi };
    this.fit();
    this.applyVoi();
    this.stack.render();
  }

  /**
   * Fill the viewport: a square image in a tall viewport would leave half of it black. The
   * spine, where it is marked, comes to the middle; nothing is enlarged beyond FILL.
   */
  private fit(): void {
    this.stack.resetCamera();
    const { clientWidth: width, clientHeight: height } = this.element;
    const plane = this.plane;
    if (!plane || !width || !height) return;
    const shape = plane.widthMm / plane.heightMm;
    const fitted = Math.min(width / shape, height);
    const zoom = Math.min(Math.max(height / fitted, width / (fitted * shape), 1), FILL);
    if (zoom <= 1) return;
    this.stack.setZoom(zoom);
    if (!this.focus) return;
    const [x, y] = this.stack.worldToCanvas([...this.focus] as Types.Point3);
    const spare = { x: (fitted * shape * zoom - width) / 2, y: (fitted * zoom - height) / 2 };
    const limit = (wanted: number, most: number) =>
      Math.min(Math.max(wanted, -Math.max(most, 0)), Math.max(most, 0));
    this.stack.setPan([limit(width / 2 - x, spare.x), limit(height / 2 - y, spare.y)]);
  }

  /** Ask for a new drawing of the overlay with the next frame of the screen. */
  redraw(): void {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.events.onDraw(this);
    });
  }

  drawOverlay(
    content: Pick<OverlayContent, 'lines' | 'labels' | 'outlines' | 'isSynthetic'> & {
      note: string;
    },
  ): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!this.series || !width) {
      this.overlay.svg.replaceChildren();
      return;
    }
    const project = (point: Vec3) => this.stack.worldToCanvas([...point] as Types.Point3);
    this.overlay.draw(
      {
        ...content,
        letters: this.letters(),
        corner: {
          title: this.title,
          slice: `${this.index + 1} / ${this.imageIds.length}`,
          window: `W ${Math.round(this.voi.width)}  L ${Math.round(this.voi.center)}`,
          note: content.note,
        },
        scaleBarMm: this.pixelsPer20Mm(),
      },
      project,
      width,
      height,
    );
    this.element.dataset.slice = String(this.index);
  }

  private letters(): OverlayContent['letters'] {
    const plane = this.plane;
    if (!plane) return { left: '', right: '', top: '', bottom: '' };
    const turn = (v: Vec3): Vec3 => [-v[0], -v[1], -v[2]];
    return {
      right: orientationLetters(plane.row),
      left: orientationLetters(turn(plane.row)),
      bottom: orientationLetters(plane.column),
      top: orientationLetters(turn(plane.column)),
    };
  }

  private pixelsPer20Mm(): number | null {
    const plane = this.plane;
    if (!plane) return null;
    const from = this.stack.worldToCanvas([...plane.position] as Types.Point3);
    const [x, y, z] = plane.position;
    const [dx, dy, dz] = plane.row;
    const to = this.stack.worldToCanvas([x + 20 * dx, y + 20 * dy, z + 20 * dz]);
    return Math.hypot(to[0] - from[0], to[1] - from[1]);
  }

  /** The point of the patient under a place of the canvas. */
  pointAt(x: number, y: number): Vec3 {
    return this.stack.canvasToWorld([x, y]) as unknown as Vec3;
  }

  /** Unit vector that leaves the slice. */
  get normal(): Vec3 | null {
    return this.plane ? cross(this.plane.row, this.plane.column) : null;
  }
}
