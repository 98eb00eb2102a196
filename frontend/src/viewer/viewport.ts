/** One viewport: a series as a stack of slices, and what is drawn over it. */
import { Enums, type RenderingEngine, type Types } from '@cornerstonejs/core';

import { nearestSlice, type SlicePlane, type Vec3 } from '../geometry/plane';
import type { Size } from '../geometry/pose';
import type { Frame, ViewerSeries } from '../api/types';
import {
  type Freezable,
  type Hanging,
  NOTHING,
  type RoomContent,
  type ViewportEvents,
} from './hanging';
import type { Place } from './layers';
import { isLoaded, loadSlice, registerSeries } from './loader';
import { Mouse } from './mouse';
import { letters, Overlay } from './overlay';
import { PaintQueue } from './queue';
import { drawnPlane, extentOf, planesOf } from './slices';
import { View } from './view';
import { valueWords, windowWords } from './words';

export class SliceViewport {
  readonly element = document.createElement('div');
  readonly overlay: Overlay;
  readonly view: View;
  series: ViewerSeries | null = null;
  imageIds: string[] = [];
  planes: (SlicePlane | null)[] = [];
  /** The slice that is wanted, and the one whose pixels are on screen (-1: none). */
  index = 0;
  shown = -1;
  /** Pixels of the screen. */
  size: Size = { width: 0, height: 0 };
  private readonly banner = document.createElement('p');
  private readonly queue: PaintQueue;
  private readingId = 0;
  private title = '';
  private trouble: readonly string[] = [];
  /** Under the mouse; null: it is elsewhere. */
  private pointed: Place | null = null;
  private generation = 0;
  private stackGeneration = 0; // whose slices Cornerstone holds
  private drawing = 0;

  constructor(
    readonly id: string,
    private engine: RenderingEngine,
    readonly host: HTMLElement,
    readonly events: ViewportEvents,
  ) {
    this.element.className = 'pixels';
    this.overlay = new Overlay(events.onLevel, () => events.onTitle(this));
    this.view = new View(this, (change) => {
      this.redraw();
      if (change) events.onView(this, change);
    });
    this.queue = new PaintQueue({
      isLoaded: (index) => isLoaded(this.imageIds[index] as string),
      load: (index) => loadSlice(this.imageIds[index] as string),
      paint: (index) => this.paint(index),
      failed: (index, error) => this.failed(index, error),
    });
    this.banner.className = 'banner';
    host.append(this.element, this.overlay.svg, this.banner);
    this.element.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.painted());
    this.hide();
    this.measure();
    this.attach(engine);
    new Mouse(this, host);
  }

  /** Its size is asked for only where that may have changed: each time the page is laid out. */
  measure(): void {
    this.size = { width: this.host.clientWidth, height: this.host.clientHeight };
  }

  /** Draw with this engine; one that has lost its context is replaced, everything else stays. */
  attach(engine: RenderingEngine): void {
    this.engine = engine;
    this.stackGeneration = 0;
    engine.enableElement({
      viewportId: this.id,
      element: this.element,
      type: Enums.ViewportType.STACK,
      defaultOptions: { background: [0, 0, 0] },
    });
    this.resume();
  }

  /** Paint again what an engine before this one has painted. */
  resume(): void {
    const isStale = this.stackGeneration !== this.generation;
    if (this.series && isStale && !this.host.hidden) this.queue.jump(this.index);
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

  get drawn(): SlicePlane | null {
    return this.frame && drawnPlane(this.frame, this.shown);
  }

  get extent(): Size {
    return this.frame ? extentOf(this.frame) : { width: 1, height: 1 };
  }

  get isColor(): boolean {
    return (this.frame?.samples_per_pixel ?? 1) > 1;
  }

  isFrozen(setting: Freezable): boolean {
    return this.events.isFrozen(setting);
  }

  get isMonochrome1(): boolean {
    return this.series?.photometric_interpretation === 'MONOCHROME1';
  }

  /** Whether everything that was wanted is on screen. */
  get isStill(): boolean {
    return this.queue.isIdle;
  }

  /** Show a series at a slice; resolves when that slice is on screen or can't be had. */
  async show({ readingId, title, series, index, focus, look }: Hanging): Promise<void> {
    this.hide();
    this.generation += 1;
    this.readingId = readingId;
    this.title = title;
    this.series = series;
    this.imageIds = series ? registerSeries(series) : [];
    this.planes = series ? planesOf(series) : [];
    this.banner.textContent = series?.banners.join(' ') ?? '';
    this.banner.hidden = !series?.banners.length;
    this.index = index;
    this.trouble = [];
    this.view.begin(series?.voi ?? { center: 0, width: 1 }, focus, look);
    this.redraw();
    if (series) this.queue.jump(index);
    else this.queue.clear();
    await this.queue.idle();
  }

  /** Let go of the series: another reading begins. */
  clear(): void {
    this.hide();
    this.generation += 1;
    this.series = null;
    this.imageIds = [];
    this.planes = [];
    this.banner.hidden = true;
    this.queue.clear();
  }

  /** Nothing of the series before may be seen any more, from this moment. */
  hide(): void {
    this.shown = -1;
    this.element.style.visibility = 'hidden';
    for (const name of ['reading', 'series', 'slice']) this.element.removeAttribute(`data-${name}`);
    this.overlay.svg.replaceChildren();
  }

  /** Go to a slice; out of range stays at the end. Single steps are all painted. */
  goTo(index: number): void {
    const wanted = Math.min(Math.max(index, 0), this.imageIds.length - 1);
    if (wanted < 0 || (wanted === this.index && !this.trouble.length)) return;
    const steps = wanted - this.index;
    this.index = wanted;
    if (Math.abs(steps) === 1) this.queue.step(wanted);
    else this.queue.jump(wanted);
    this.events.onSlice(this, steps);
  }

  /** Go to the slice nearest to a point of the patient. */
  goToPoint(point: Vec3): void {
    const nearest = nearestSlice(this.planes, point);
    if (nearest >= 0) this.goTo(nearest);
  }

  idle(): Promise<void> {
    return this.queue.idle();
  }

  /**
   * Until its pixels are there, number, lines and labels stay those of the slice that is seen;
   * if it can't be had, nothing is seen.
   */
  private async paint(index: number): Promise<void> {
    const { generation, stack } = this;
    const isFirst = this.stackGeneration !== generation;
    if (isFirst) await stack.setStack(this.imageIds, index);
    else await stack.setImageIdIndex(index);
    if (generation !== this.generation || stack !== this.stack) return;
    this.stackGeneration = generation;
    this.shown = index;
    this.trouble = [];
    this.view.place();
    if (isFirst) this.view.applyGrey();
    stack.render();
    this.events.onShown(this);
    await new Promise((done) => requestAnimationFrame(done));
    if (isFirst) await new Promise((done) => requestAnimationFrame(done));
  }

  private failed(index: number, error: Error): void {
    if (index !== this.index) return;
    this.hide();
    this.trouble = [`Slice ${index + 1} can't be shown.`, error.message, 'Scroll to try again.'];
    this.redraw();
  }

  /** Cornerstone has drawn; the canvas is shown only where it holds what is wanted here. */
  private painted(): void {
    if (this.shown < 0 || this.stackGeneration !== this.generation) return;
    const { dataset, style } = this.element;
    dataset.reading = String(this.readingId);
    dataset.series = String(this.series?.id);
    dataset.slice = String(this.shown);
    style.visibility = '';
  }

  /** The point of the patient under a place of the viewport; null without geometry. */
  pointAt(x: number, y: number): Vec3 | null {
    return this.plane && this.view.fromScreen(this.plane, x, y);
  }

  /** Where a point of the patient lies, in pixels of the viewport. */
  toCanvas(point: Vec3): [number, number] {
    return this.drawn ? this.view.toScreen(this.drawn, point) : [0, 0];
  }

  /** Read out the value under the mouse; null when it has left. */
  readAt(place: Place | null): void {
    const before = valueWords(this, this.pointed);
    this.pointed = place;
    if (valueWords(this, place) !== before) this.redraw();
  }

  /** Ask for a new drawing of the overlay with the next frame of the screen. */
  redraw(): void {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.events.onDraw(this);
    });
  }

  drawOverlay(content: RoomContent): void {
    const { width, height } = this.size;
    if (!width) return;
    const isSeen = this.shown >= 0;
    const { mmPerPixel } = this.view;
    this.overlay.draw(
      {
        ...(isSeen ? content : { ...content, ...NOTHING }),
        letters: letters(this.plane),
        title: this.title,
        slice: this.series
          ? `${(isSeen ? this.shown : this.index) + 1} / ${this.imageIds.length}`
          : '',
        window: isSeen ? windowWords(this) : '',
        readout: isSeen ? valueWords(this, this.pointed) : '',
        trouble: this.series ? this.trouble : ['Not in this exam.'],
        pixelsPer20Mm: this.plane && mmPerPixel ? 20 / mmPerPixel : null,
      },
      (point) => this.toCanvas(point),
      width,
      height,
    );
  }
}
