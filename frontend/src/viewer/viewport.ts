/** One viewport: a series as a stack of slices, and what is drawn over it. */
import { Enums, type RenderingEngine, type Types } from '@cornerstonejs/core';

import { add, nearestSlice, scale, type SlicePlane, type Vec3, within } from '../geometry/plane';
import type { Frame, ViewerSeries } from '../api/types';
import type { Place, PointerAct } from './layers';
import { loadSlice, registerSeries, valueAt } from './loader';
import { Mouse } from './mouse';
import { letters, Overlay, type OverlayContent } from './overlay';
import { planesOf } from './slices';
import { View } from './view';

export interface ViewportEvents {
  /** The reader has moved the viewport by some slices. */
  onSlice: (viewport: SliceViewport, steps: number) => void;
  onLevel: (level: string) => void;
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
  'lines' | 'labels' | 'outlines' | 'outlineOpacity' | 'isSynthetic' | 'note'
>;

export class SliceViewport {
  readonly element = document.createElement('div');
  private readonly banner = document.createElement('p');
  readonly overlay: Overlay;
  readonly view: View;
  series: ViewerSeries | null = null;
  imageIds: string[] = [];
  planes: (SlicePlane | null)[] = [];
  /** The slice that is wanted, and the one whose pixels are on screen (-1: none). */
  index = 0;
  shown = -1;
  private title = '';
  private trouble: readonly string[] = [];
  private readout = '';
  private generation = 0;
  private stackGeneration = 0; // whose slices Cornerstone holds
  private drawing = 0;
  private painting: Promise<void> = Promise.resolve();

  constructor(
    readonly id: string,
    private readonly engine: RenderingEngine,
    readonly host: HTMLElement,
    readonly events: ViewportEvents,
  ) {
    this.element.className = 'pixels';
    this.overlay = new Overlay(events.onLevel);
    this.view = new View(this, () => this.redraw());
    this.banner.className = 'banner';
    host.append(this.element, this.overlay.svg, this.banner);
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

  get frame(): Frame | null {
    return this.series?.frames[this.shown] ?? null;
  }

  /** The plane of the slice on screen. */
  get plane(): SlicePlane | null {
    return this.planes[this.shown] ?? null;
  }

  get isColor(): boolean {
    return (this.frame?.samples_per_pixel ?? 1) > 1;
  }

  get isInverted(): boolean {
    return this.series?.photometric_interpretation === 'MONOCHROME1';
  }

  /** Show a series at a slice; resolves when that slice is on screen or can't be had. */
  async show(
    title: string,
    series: ViewerSeries | null,
    index: number,
    focus: Vec3 | null,
  ): Promise<void> {
    this.generation += 1;
    this.title = title;
    this.series = series;
    this.imageIds = series ? registerSeries(series) : [];
    this.planes = series ? planesOf(series) : [];
    this.banner.textContent = series?.banners.join(' ') ?? '';
    this.banner.hidden = !series?.banners.length;
    this.index = index;
    this.shown = -1;
    this.trouble = [];
    this.view.begin(series?.voi ?? { center: 0, width: 1 }, focus);
    this.redraw();
    if (series) await this.display();
  }

  /** Go to a slice; out of range stays at the end. */
  goTo(index: number): void {
    const wanted = Math.min(Math.max(index, 0), this.imageIds.length - 1);
    if (wanted < 0 || (wanted === this.index && !this.trouble.length)) return;
    const steps = wanted - this.index;
    this.index = wanted;
    void this.display();
    this.events.onSlice(this, steps);
  }

  /** Go to the slice nearest to a point of the patient. */
  goToPoint(point: Vec3): void {
    const nearest = nearestSlice(this.planes, point);
    if (nearest >= 0) this.goTo(nearest);
  }

  /**
   * Bring the wanted slice to the screen. Until its pixels are there, number, lines and labels
   * stay those of the slice that is seen; if it can't be had, nothing is seen.
   */
  private async display(): Promise<void> {
    const { generation, index } = this;
    const isStale = () => generation !== this.generation || index !== this.index;
    try {
      await loadSlice(this.imageIds[index] as string);
      this.painting = this.painting.then(() => (isStale() ? undefined : this.paint(index)));
      await this.painting;
      if (!isStale()) this.trouble = [];
    } catch (error) {
      this.painting = Promise.resolve();
      if (isStale()) return;
      this.shown = -1;
      const why = (error as Error).message;
      this.trouble = [`Slice ${index + 1} can't be shown.`, why, 'Scroll to try again.'];
    }
    this.redraw();
  }

  private async paint(index: number): Promise<void> {
    const isFirst = this.stackGeneration !== this.generation;
    if (isFirst) await this.stack.setStack(this.imageIds, index);
    else await this.stack.setImageIdIndex(index);
    this.stackGeneration = this.generation;
    this.shown = index;
    if (!isFirst) return;
    this.view.fit();
    this.view.apply();
    this.stack.render();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }

  /** The point of the patient under a place of the canvas; null without geometry. */
  pointAt(x: number, y: number): Vec3 | null {
    return this.plane ? (this.stack.canvasToWorld([x, y]) as unknown as Vec3) : null;
  }

  /** Where a point of the patient lies on the canvas, in pixels of the viewport. */
  toCanvas(point: Vec3): [number, number] {
    const [x, y] = this.stack.worldToCanvas([...point] as Types.Point3);
    return [x, y];
  }

  /** Read out the value under the mouse; null when it has left. */
  readAt(place: Place | null): void {
    const { plane, frame } = this;
    const point = place && this.pointAt(place.x, place.y);
    let words = '';
    if (plane && frame && point) {
      const { x, y } = within(plane, point);
      const column = Math.round(x / (frame.column_spacing_mm ?? 1));
      const row = Math.round(y / (frame.row_spacing_mm ?? 1));
      const value = valueAt(this.imageIds[this.shown] ?? '', column, row);
      if (value) words = `value ${value.map((one) => Math.round(one)).join(' ')}`;
    }
    if (words === this.readout) return;
    this.readout = words;
    this.redraw();
  }

  /** Ask for a new drawing of the overlay with the next frame of the screen. */
  redraw(): void {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.element.style.visibility = this.shown < 0 ? 'hidden' : '';
      this.events.onDraw(this);
    });
  }

  drawOverlay(content: RoomContent): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this.series || !width) {
      this.overlay.svg.replaceChildren();
      return;
    }
    const isSeen = this.shown >= 0;
    const number = (isSeen ? this.shown : this.index) + 1;
    const { center, width: voiWidth } = this.view.window;
    this.overlay.draw(
      {
        ...(isSeen ? content : { ...content, lines: [], labels: [], outlines: [], note: '' }),
        letters: letters(this.plane),
        title: this.title,
        slice: `${number} / ${this.imageIds.length}`,
        window: this.isColor ? '' : `W ${Math.round(voiWidth)}  L ${Math.round(center)}`,
        readout: isSeen ? this.readout : '',
        trouble: this.trouble,
        pixelsPer20Mm: this.pixelsPer20Mm(),
      },
      (point) => this.toCanvas(point),
      width,
      height,
    );
    if (isSeen) this.element.dataset.slice = String(this.shown);
  }

  private pixelsPer20Mm(): number | null {
    const { plane } = this;
    if (!plane) return null;
    const from = this.toCanvas(plane.position);
    const to = this.toCanvas(add(plane.position, scale(plane.row, 20)));
    return Math.hypot(to[0] - from[0], to[1] - from[1]);
  }
}
