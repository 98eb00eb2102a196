/** The room of images: what happens when a case, a level, a point or a key comes. */
import type { Reading } from '../api/types';
import type { Vec3 } from '../geometry/plane';
import { ACTS, type ViewAct } from './acts';
import { Cine } from './cine';
import type { RoomEvents } from './hanging';
import { DrawingLayer, type DrawingState } from './drawing';
import { Layers } from './layers';
import { Levelling } from './levelling';
import { Links } from './links';
import { keepOnly, loadSlice, registerSeries, startCornerstone } from './loader';
import { MaskLayer, type MaskState } from './masks';
import { Pointing } from './pointing';
import { middleOut, Prefetcher } from './prefetch';
import { type FreshMark, type RoomOptions, Scene } from './scene';
import { frameOf, hungSeries, seriesOfLayouts } from './slices';
import { Wall } from './wall';
import type { SliceViewport } from './viewport';

export class ViewingRoom {
  readonly levelling: Levelling;
  private readonly wall: Wall;
  private readonly scene: Scene;
  private readonly pointing: Pointing;
  private readonly layers = new Layers();
  private readonly drawing: DrawingLayer;
  private readonly masks: MaskLayer;
  private readonly links = new Links(() => this.wall.viewports);
  private readonly prefetcher = new Prefetcher(loadSlice);
  private readonly cine = new Cine(
    () => this.stepCine(),
    () => this.tell(),
  );
  private reading: Reading | null = null;
  private layout = 0;
  private active: SliceViewport | null = null;
  private generation = 0;

  constructor(
    private readonly root: HTMLElement,
    options: RoomOptions,
    private readonly events: RoomEvents,
  ) {
    this.drawing = new DrawingLayer(events);
    this.masks = new MaskLayer(events);
    this.layers.add(this.masks);
    this.layers.add(this.drawing);
    this.scene = new Scene(options);
    this.pointing = new Pointing(this.scene, this.links, () => this.wall.viewports);
    this.levelling = new Levelling(
      {
        scene: this.scene,
        viewports: () => this.wall.viewports,
        active: () => this.active,
        enter: (viewport) => this.enter(viewport),
        redraw: () => this.changed(),
        goTo: (point) => this.pointing.toMark(point),
      },
      events,
    );
    this.layers.add(this.levelling);
    const shared = {
      onSlice: (viewport: SliceViewport, steps: number) => {
        this.redraw();
        this.links.scroll(viewport, steps);
      },
      onView: (viewport: SliceViewport, change: Parameters<Links['view']>[1]) => {
        this.links.view(viewport, change);
        this.tell();
      },
      onLevel: events.onLevel,
      onPoint: (viewport: SliceViewport, point: Vec3) => this.point(viewport, point),
      onEnter: (viewport: SliceViewport) => this.enter(viewport),
      onEnlarge: (viewport: SliceViewport) => this.enlarge(viewport),
      onDraw: (viewport: SliceViewport) => this.draw(viewport),
      onPointer: this.layers.pointer.bind(this.layers),
    };
    this.wall = new Wall(root, shared, () => events.onGraphicsLost());
    this.set(options);
  }

  static create(...args: ConstructorParameters<typeof ViewingRoom>): ViewingRoom {
    startCornerstone();
    return new ViewingRoom(...args);
  }

  /** A key while a drawing tool is taken; true if it meant something. */
  drawKey(name: string): boolean {
    return this.active ? this.drawing.key(name, this.active) : false;
  }

  extendBox(key: string): void {
    if (this.active) this.drawing.extend(key, this.active);
  }

  setDrawing(given: DrawingState): void {
    this.drawing.set(given);
    this.root.classList.toggle('drawing', given.tool !== null);
    this.redraw();
  }

  setMasks(given: MaskState): void {
    this.masks.set(given);
    this.root.classList.toggle('painting', given.brush !== null);
    this.redraw();
  }

  /** Show a reading; the slices of the active level come first, then everything else. */
  async show(reading: Reading, level: string): Promise<void> {
    const generation = ++this.generation;
    this.wall.clear();
    this.cine.stop();
    this.prefetcher.clear();
    this.reading = reading;
    this.layout = 0;
    this.scene.begin(reading, level);
    await this.hang();
    if (generation !== this.generation) return;
    this.events.onReady('first-image');
    const all = seriesOfLayouts(reading, 0).map(registerSeries);
    keepOnly(new Set(all.flat()));
    for (const { imageIds, index } of this.wall.viewports) this.load(imageIds, index);
    const failed = await this.prefetcher.done();
    if (generation !== this.generation) return;
    if (failed) {
      const slices = failed === 1 ? '1 slice' : `${failed} slices`;
      this.events.onProblem(`${slices} of this case could not be loaded. Reload to try again.`);
    } else this.events.onReady('all-loaded');
    for (const imageIds of all) this.load(imageIds);
  }

  /** Take over marks and AI output that came later. */
  update(reading: Reading): void {
    this.reading = reading;
    this.scene.take(reading);
    this.redraw();
  }

  /** Fetch the slices of the case that comes next while this one is read. */
  prefetch(reading: Reading): void {
    for (const { series } of hungSeries(reading)) if (series) this.load(registerSeries(series));
  }

  /** Hang another layout; stacks that stay are left as they are. */
  setLayout(layout: number): void {
    const chosen = this.reading?.hanging.layouts[layout];
    if (!chosen || layout === this.layout) return;
    this.layout = layout;
    this.cine.stop();
    void this.hang();
    this.events.onLayout(chosen.name);
  }

  /** Move every viewport to a disc level, as far as it is marked in its frame of reference. */
  goToLevel(level: string): void {
    this.wall.forgetPlaces();
    this.pointing.toLevel(level);
    this.redraw();
  }

  set(options: Partial<RoomOptions>): void {
    Object.assign(this.scene.options, options);
    this.links.isOn = this.scene.options.isLinked;
    this.root.style.setProperty('--outline-opacity', String(this.scene.options.aiOpacity));
    this.redraw();
  }

  /** Marks that are being set; null: none are. */
  showMarks(marks: readonly FreshMark[] | null): void {
    this.scene.markFresh(marks);
    this.redraw();
  }

  /** What a key does to the room, or to the active viewport. */
  act(name: ViewAct): void {
    const { active } = this;
    switch (name) {
      case 'next-viewport':
        return this.enterNext();
      case 'reset':
        return this.seen().forEach((one) => one.view.reset());
      case 'enlarge':
        return active ? this.enlarge(active) : undefined;
      case 'crosshair':
        this.pointing.toggleCrosshair(active);
        return this.changed();
      case 'cine':
        return this.cine.toggle();
      case 'stop-cine':
        return this.cine.stop();
      case 'close-up':
        this.pointing.toggleCloseUp(active);
        return this.changed();
      default:
        if (active && active.shown >= 0) ACTS[name](active);
    }
  }

  private async hang(): Promise<void> {
    if (!this.reading) return;
    const hung = this.wall.hang(this.reading, this.layout, (one) => this.scene.startOf(one));
    const { viewports } = this.wall;
    const stays = this.active && viewports.includes(this.active) && this.active.series;
    this.enter((stays ? this.active : viewports.find(({ series }) => series)) ?? null);
    this.redraw();
    await hung;
  }

  private seen(): SliceViewport[] {
    return this.wall.viewports.filter(({ shown }) => shown >= 0);
  }

  private load(imageIds: readonly string[], start?: number): void {
    this.prefetcher.add(middleOut(imageIds.length, start).map((at) => imageIds[at] as string));
  }

  private point(viewport: SliceViewport, point: Vec3): void {
    const { series } = viewport;
    if (series) this.scene.clickedFrame = frameOf(series);
    const wasMarking = this.scene.isMarking;
    this.events.onPoint(point, series?.plane === 'sagittal');
    if (wasMarking || this.scene.isMarking) return;
    this.pointing.toPoint(viewport, point);
    this.changed();
  }

  private changed(): void {
    this.redraw();
    this.tell();
  }

  private stepCine(): void {
    const { active } = this;
    if (!active?.isStill || active.shown < 0 || active.imageIds.length < 2) return;
    active.goTo((active.index + 1) % active.imageIds.length);
  }

  private enterNext(): void {
    const ready = this.wall.viewports.filter(({ series }) => series);
    const at = this.active ? ready.indexOf(this.active) : -1;
    const next = ready[(at + 1) % ready.length];
    if (!next) return;
    const isLarge = ready.some(({ host }) => host.classList.contains('enlarged'));
    this.enter(next);
    if (isLarge && !next.host.classList.contains('enlarged')) this.enlarge(next);
  }

  private enter(viewport: SliceViewport | null): void {
    this.active = viewport;
    for (const one of this.wall.viewports) one.host.classList.toggle('active', one === viewport);
    this.tell();
  }

  private enlarge(viewport: SliceViewport): void {
    const isLarge = viewport.host.classList.contains('enlarged');
    for (const { host } of this.wall.viewports) host.classList.remove('enlarged');
    viewport.host.classList.toggle('enlarged', !isLarge);
  }

  private redraw(): void {
    for (const viewport of this.wall.viewports) viewport.redraw();
  }

  private draw(viewport: SliceViewport): void {
    viewport.drawOverlay(this.scene.contentOf(viewport, this.wall.viewports));
    this.layers.draw(viewport);
  }

  private tell(): void {
    const view = this.active?.view;
    this.events.onLooking({
      layout: this.layout,
      preset: view?.preset ?? '',
      isInverted: view?.isInverted ?? false,
      isClose: view?.isClose ?? false,
      isCine: this.cine.isRunning,
      hasCrosshair: this.scene.crosshair !== null,
    });
  }
}
