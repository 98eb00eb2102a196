/** Three viewports that know of each other: linked scroll, reference lines, levels, outlines. */
import { Enums, eventTarget, RenderingEngine } from '@cornerstonejs/core';

import type { Outline, Reading } from '../api/types';
import { center, type Vec3 } from '../geometry/plane';
import { levelNote, linesOn, linkOf, type Mark, markOf, marksNear, outlinesOf } from './content';
import { type DrawingEvents, DrawingLayer, type DrawingState } from './drawing';
import { type Layer, Layers } from './layers';
import { keepOnly, loadSlice, registerSeries, startCornerstone } from './loader';
import { type MaskEvents, MaskLayer, type MaskState } from './masks';
import { middleOut, Prefetcher } from './prefetch';
import { firstIndex, hungSeries, planesOf } from './slices';
import { SliceViewport } from './viewport';
import { ACTS, type ViewAct } from './acts';

export interface RoomOptions {
  isLinked: boolean;
  hasReferenceLines: boolean;
  showsAi: boolean;
  /** Of AI's outlines, 0..1. */
  aiOpacity: number;
}

export interface RoomEvents extends DrawingEvents, MaskEvents {
  onLevel: (level: string) => void;
  /** A clicked point; isSagittal: on an image on which discs can be marked. */
  onPoint: (point: Vec3, isSagittal: boolean) => void;
  onProblem: (message: string) => void;
  onGraphicsLost: () => void;
  onReady: (state: 'first-image' | 'all-loaded') => void;
}

export class ViewingRoom {
  private readonly viewports: SliceViewport[];
  private readonly engine: RenderingEngine;
  private readonly prefetcher = new Prefetcher(loadSlice);
  private readonly layers = new Layers();
  private readonly drawing: DrawingLayer;
  private readonly masks: MaskLayer;
  private reading: Reading | null = null;
  private marks: Mark[] = [];
  private newMarks: Mark[] | null = null;
  private outlines = new Map<string, Outline[]>();
  private activeLevel = '';
  private activeViewport = 0;
  private generation = 0;
  private isFollowing = false;

  constructor(
    hosts: HTMLElement[],
    private readonly options: RoomOptions,
    private readonly events: RoomEvents,
  ) {
    this.engine = new RenderingEngine('reading-room');
    this.drawing = new DrawingLayer(events);
    this.masks = new MaskLayer(events);
    this.layers.add(this.masks);
    this.layers.add(this.drawing);
    const shared = {
      onSlice: (viewport: SliceViewport, steps: number) => this.follow(viewport, steps),
      onLevel: events.onLevel,
      onPoint: (viewport: SliceViewport, point: Vec3) =>
        events.onPoint(point, viewport.series?.plane === 'sagittal'),
      onEnter: (viewport: SliceViewport) => this.enter(this.viewports.indexOf(viewport)),
      onEnlarge: (viewport: SliceViewport) => this.enlarge(viewport),
      onDraw: (viewport: SliceViewport) => this.draw(viewport),
      onPointer: this.layers.pointer.bind(this.layers),
    };
    this.viewports = hosts.map(
      (host, index) => new SliceViewport(`viewport-${index}`, this.engine, host, shared),
    );
    const observer = new ResizeObserver(() => this.resize());
    hosts.forEach((host) => observer.observe(host));
    eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, () => events.onGraphicsLost());
    this.enter(0);
  }

  static create(...args: ConstructorParameters<typeof ViewingRoom>): ViewingRoom {
    startCornerstone();
    return new ViewingRoom(...args);
  }

  /** Lay something over every viewport: drawings, masks. */
  drawKey(name: string): boolean {
    const viewport = this.viewports[this.activeViewport];
    return viewport ? this.drawing.key(name, viewport) : false;
  }

  extendBox(key: string): void {
    const viewport = this.viewports[this.activeViewport];
    if (viewport) this.drawing.extend(key, viewport);
  }

  setDrawing(given: DrawingState): void {
    this.drawing.set(given);
    for (const { host } of this.viewports) host.classList.toggle('drawing', given.tool !== null);
    this.redraw();
  }

  setMasks(given: MaskState): void {
    this.masks.set(given);
    for (const { host } of this.viewports) host.classList.toggle('painting', given.brush !== null);
    this.redraw();
  }

  addLayer(layer: Layer): void {
    this.layers.add(layer);
    this.redraw();
  }

  /** Show a reading; the slices of the active level come first, then everything else. */
  async show(reading: Reading, level: string): Promise<void> {
    const generation = ++this.generation;
    this.prefetcher.clear();
    this.newMarks = null;
    this.activeLevel = level;
    this.update(reading);
    const start = this.marks.find((mark) => mark.level === level)?.center ?? null;
    const shown = hungSeries(reading).map(({ title, series }, index) => {
      const first = series ? firstIndex(planesOf(series), start) : 0;
      const focus = series?.plane === 'sagittal' ? this.spineCenter() : start;
      return this.viewports[index]?.show(title, series, first, focus);
    });
    await Promise.all(shown);
    if (generation !== this.generation) return;
    this.events.onReady('first-image');
    keepOnly(new Set(this.viewports.flatMap((viewport) => viewport.imageIds)));
    for (const { imageIds, index } of this.viewports) {
      this.prefetcher.add(middleOut(imageIds.length, index).map((at) => imageIds[at] as string));
    }
    const failed = await this.prefetcher.done();
    if (generation !== this.generation) return;
    if (failed) {
      const slices = failed === 1 ? '1 slice' : `${failed} slices`;
      this.events.onProblem(`${slices} of this case could not be loaded. Reload to try again.`);
    } else this.events.onReady('all-loaded');
  }

  /** The middle of the marked levels. */
  private spineCenter(): Vec3 | null {
    const points = this.marks.map((mark) => mark.center);
    const mean = (axis: 0 | 1 | 2) =>
      points.reduce((sum, point) => sum + point[axis], 0) / points.length;
    return points.length ? [mean(0), mean(1), mean(2)] : null;
  }

  /** Take over marks and AI output that came later. */
  update(reading: Reading): void {
    this.reading = reading;
    this.marks = reading.level_marks.filter(({ kind }) => kind === 'disc').map(markOf);
    this.outlines = outlinesOf(reading);
    this.redraw();
  }

  /** Fetch the slices of the case that comes next while this one is read. */
  prefetch(reading: Reading): void {
    for (const { series } of hungSeries(reading)) {
      if (!series) continue;
      const imageIds = registerSeries(series);
      this.prefetcher.add(middleOut(imageIds.length).map((at) => imageIds[at] as string));
    }
  }

  /** Move every viewport to a disc level, as far as it is marked. */
  goToLevel(level: string): void {
    this.activeLevel = level;
    const point = this.marks.find((mark) => mark.level === level)?.center;
    if (point) {
      this.isFollowing = true;
      for (const viewport of this.viewports) viewport.goToPoint(point);
      this.isFollowing = false;
    }
    this.redraw();
  }

  set(options: Partial<RoomOptions>): void {
    Object.assign(this.options, options);
    this.redraw();
  }

  /** Marks that are being set; null: none are. */
  showMarks(marks: readonly { level: string; position_lps: number[] }[] | null): void {
    this.newMarks =
      marks?.map(({ level, position_lps: at }) => {
        return { level, center: at as unknown as Vec3, kind: 'new' as const };
      }) ?? null;
    this.redraw();
  }

  /** What a key does to the active viewport. */
  act(name: ViewAct): void {
    const viewport = this.viewports[this.activeViewport];
    switch (name) {
      case 'next-viewport':
        return this.enterNext();
      case 'reset':
        return this.viewports.forEach((one) => one.shown >= 0 && one.view.reset());
      case 'enlarge':
        return viewport && this.enlarge(viewport);
      default:
        if (viewport && viewport.shown >= 0) ACTS[name](viewport);
    }
  }

  private enterNext(): void {
    const count = this.viewports.length;
    const order = [1, 2, 3].map((steps) => (this.activeViewport + steps) % count);
    const next = order.find((index) => !this.viewports[index]?.host.hidden) ?? 0;
    const isLarge = this.viewports.some(({ host }) => host.classList.contains('enlarged'));
    this.enter(next);
    const viewport = this.viewports[next];
    if (isLarge && viewport && !viewport.host.classList.contains('enlarged')) {
      this.enlarge(viewport);
    }
  }

  private enter(index: number): void {
    this.activeViewport = index;
    this.viewports.forEach(({ host }, at) => host.classList.toggle('active', at === index));
  }

  private enlarge(viewport: SliceViewport): void {
    const isLarge = viewport.host.classList.contains('enlarged');
    for (const { host } of this.viewports) host.classList.remove('enlarged');
    viewport.host.classList.toggle('enlarged', !isLarge);
  }

  private resize(): void {
    this.engine.resize(true, true);
    for (const viewport of this.viewports) if (viewport.shown >= 0) viewport.view.resized();
    this.redraw();
  }

  /** Linked scroll: parallel viewports go to the same place, or as many slices on. */
  private follow(moved: SliceViewport, steps: number): void {
    this.redraw();
    if (!this.options.isLinked || this.isFollowing) return;
    this.isFollowing = true;
    const plane = moved.planes[moved.index];
    for (const other of this.viewports) {
      const link = linkOf(moved, other);
      if (link === 'position' && plane) other.goToPoint(center(plane));
      if (link === 'number') other.goTo(other.index + steps);
    }
    this.isFollowing = false;
  }

  private redraw(): void {
    for (const viewport of this.viewports) viewport.redraw();
  }

  private draw(viewport: SliceViewport): void {
    const { plane, frame, series } = viewport;
    const { showsAi, hasReferenceLines, aiOpacity } = this.options;
    const known = this.marks.filter(({ kind }) => showsAi || kind !== 'ai');
    const marks = this.newMarks ?? known;
    const isSagittal = series?.plane === 'sagittal';
    const outlines = this.outlines.get(`${frame?.stack_id}/${frame?.stack_position}`) ?? [];
    viewport.drawOverlay({
      lines: hasReferenceLines ? linesOn(viewport, this.viewports) : [],
      labels: isSagittal
        ? marksNear(plane, marks).map((mark) => {
            return { ...mark, isActive: mark.level === this.activeLevel };
          })
        : [],
      outlines: (showsAi ? outlines : []).map(({ structure, points_lps: points }) => {
        return { structure, points: points as unknown as Vec3[] };
      }),
      outlineOpacity: aiOpacity,
      isSynthetic: this.reading?.case.is_synthetic ?? false,
      note: isSagittal ? this.linkNote(viewport) : levelNote(plane, marks),
    });
    this.layers.draw(viewport);
  }

  private linkNote(viewport: SliceViewport): string {
    const isByNumber = this.viewports.some((other) => linkOf(viewport, other) === 'number');
    return isByNumber && this.options.isLinked ? 'linked by slice number, not by position' : '';
  }
}
