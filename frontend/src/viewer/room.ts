/** The room of images: what happens when a case, a level, a point or a key comes. */
import type { Reading } from '../api/types';
import type { Vec3 } from '../geometry/plane';
import { ActiveViewport, isEnlarged } from './active';
import { act, type ViewAct } from './acts';
import { CaseLoading } from './caseLoading';
import { Cine } from './cine';
import type { FindingState } from './findings';
import type { Freezable, RoomEvents } from './hanging';
import { DrawingLayer, type DrawingState } from './drawing';
import { Layers } from './layers';
import { Levelling } from './levelling';
import { Links } from './links';
import { startCornerstone } from './loader';
import { MaskLayer, type MaskState } from './masks';
import { Pointing } from './pointing';
import { type FreshMark, type RoomOptions, Scene } from './scene';
import { type ByHand, chosenHanging, withByHand } from './slices';
import { Wall } from './wall';
import type { SliceViewport } from './viewport';

export class ViewingRoom {
  readonly levelling: Levelling;
  private readonly wall: Wall;
  private readonly scene: Scene;
  private readonly pointing: Pointing;
  readonly layers = new Layers();
  private readonly drawing: DrawingLayer;
  private readonly masks: MaskLayer;
  private readonly links = new Links(() => this.wall.viewports);
  private readonly loading = new CaseLoading();
  private readonly cine = new Cine(
    () => this.stage.step(),
    () => this.tell(),
  );
  private reading: Reading | null = null;
  private layout = 0;
  private byHand: ByHand = new Map();
  private readonly stage = new ActiveViewport(
    () => this.wall.viewports,
    () => this.tell(),
  );
  private generation = 0;
  /** A case that is drawn and may not be seen yet. */
  private held: { id: number; level: string; hung: Promise<void> } | null = null;

  constructor(
    private readonly root: HTMLElement,
    options: RoomOptions,
    private readonly events: RoomEvents,
  ) {
    this.drawing = new DrawingLayer(events);
    this.masks = new MaskLayer(events);
    this.layers.add(this.masks, this.drawing);
    this.scene = new Scene(options);
    this.pointing = new Pointing(this.scene, this.links, () => this.wall.viewports);
    this.levelling = new Levelling(
      {
        scene: this.scene,
        viewports: () => this.wall.viewports,
        active: () => this.stage.current,
        enter: (viewport) => this.stage.enter(viewport),
        redraw: () => this.changed(),
        goTo: (point) => this.pointing.toMark(point),
      },
      events,
    );
    this.layers.add(this.levelling);
    const shared = {
      isFrozen: (setting: Freezable) => this.reading?.protocol.frozen.includes(setting) ?? false,
      onSlice: (viewport: SliceViewport, steps: number) => {
        this.redraw();
        this.links.scroll(viewport, steps);
      },
      onShown: () => this.redraw(),
      onView: (viewport: SliceViewport, change: Parameters<Links['view']>[1]) => {
        this.links.view(viewport, change);
        this.tell();
      },
      onLevel: events.onLevel,
      onTitle: (viewport: SliceViewport) => {
        this.stage.enter(viewport);
        events.onSeriesAsked();
      },
      onPoint: (viewport: SliceViewport, point: Vec3) => {
        if (this.pointing.click(viewport, point, events.onPoint)) this.changed();
      },
      onEnter: (viewport: SliceViewport) => this.stage.enter(viewport),
      onEnlarge: (viewport: SliceViewport) => this.stage.enlarge(viewport),
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

  /** A key while a drawing tool or a brush is taken; true if it meant something. */
  drawKey(name: string): boolean {
    return this.stage.current ? this.layers.key(name, this.stage.current) : false;
  }

  extendBox(key: string): void {
    if (this.stage.current) this.drawing.extend(key, this.stage.current);
  }

  /** Bring a slice of a stack on screen, and make its image the active one; false: none hangs. */
  showSlice(stackId: number, position: number): boolean {
    const found = this.wall.turnTo(stackId, position);
    if (found && found !== this.stage.current) this.stage.enter(found);
    return found !== null;
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

  /** Draw what comes next while it may not be seen yet; nothing is seen until a case is shown. */
  prepare(reading: Reading, level: string): void {
    this.root.classList.add('held');
    this.held = { id: reading.id, level, hung: this.begin(reading, level) };
  }

  /** Show a reading; the slices of the active level come first, then everything else. */
  async show(reading: Reading, level: string, whenSeen?: () => void): Promise<void> {
    const { held } = this;
    this.held = null;
    const isDrawn = held?.id === reading.id && held.level === level;
    const hung = isDrawn ? held.hung : this.begin(reading, level);
    if (isDrawn) this.update(reading);
    this.root.classList.remove('held');
    const { generation } = this;
    await hung;
    if (isDrawn) await new Promise((done) => requestAnimationFrame(done));
    if (generation !== this.generation) return;
    this.events.onReady('first-image');
    whenSeen?.();
    const chosen = { layout: this.layout, byHand: this.byHand };
    const trouble = await this.loading.whole(reading, chosen, this.wall.viewports);
    if (generation !== this.generation) return;
    if (trouble) this.events.onProblem(trouble);
    else this.events.onReady('all-loaded');
  }

  private begin(reading: Reading, level: string): Promise<void> {
    this.generation += 1;
    this.wall.clear();
    this.loading.stop();
    this.drawing.cancel();
    this.masks.cancel();
    this.reading = reading;
    ({ layout: this.layout, byHand: this.byHand } = chosenHanging(reading));
    this.scene.begin(reading, level);
    return this.hang();
  }

  /** Take over marks and AI output that came later. */
  update(reading: Reading): void {
    this.reading = reading;
    this.scene.take(reading);
    this.redraw();
  }

  /** Fetch the slices of the case that comes next while this one is read. */
  prefetch(reading: Reading): void {
    this.loading.ahead(reading);
  }

  /** Hang another layout; stacks that stay are left as they are. */
  setLayout(layout: number): void {
    if (!this.reading?.hanging.layouts[layout] || layout === this.layout) return;
    this.layout = layout;
    this.rehang(new Map());
  }

  /** Put a series of the case into the active viewport, whatever the protocol says. */
  hangSeries(id: number): void {
    const { reading } = this;
    const { current, slot } = this.stage;
    if (current?.isFrozen('layout') || !reading?.series.some((one) => one.id === id)) return;
    const isLarge = current !== null && isEnlarged(current);
    this.rehang(withByHand(reading, this.layout, this.byHand, slot, id));
    const hung = this.wall.viewports[slot];
    if (!hung) return;
    this.stage.enter(hung);
    if (isLarge) this.stage.enlarge(hung);
    this.loading.stack(hung);
  }

  /** What the reading says that its reader has chosen; nothing is told of it. */
  hangAsTold(reading: Reading): void {
    if (this.reading?.id !== reading.id) return;
    ({ layout: this.layout, byHand: this.byHand } = chosenHanging(reading));
    void this.hang();
    for (const viewport of this.wall.viewports) this.loading.stack(viewport);
    this.tell();
  }

  /** As the protocol says again. */
  hangByProtocol(): void {
    if (this.byHand.size) this.rehang(new Map());
  }

  private rehang(byHand: ByHand): void {
    this.byHand = byHand;
    void this.hang();
    const name = this.reading?.hanging.layouts[this.layout]?.name ?? '';
    this.events.onLayout({ name, ...this.hanging });
  }

  private get hanging() {
    return { hung: this.stage.hung, isByHand: this.byHand.size > 0 };
  }

  /** Move every viewport to a disc or a vertebra, as far as it is marked in its frame of reference. */
  goToLevel(level: string): void {
    this.wall.forgetPlaces();
    this.pointing.toLevel(level);
    this.redraw();
  }

  /** Move every viewport to a point of the patient, given in this frame of reference. */
  goTo(point: Vec3, frame: string): void {
    this.wall.forgetPlaces();
    this.pointing.toPlace({ point, frame });
    this.redraw();
  }

  /** Which of AI's findings is chosen, and what is said of them. */
  setFindings(given: FindingState): void {
    this.scene.findingState = given;
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
    const { stage, wall, pointing, cine } = this;
    act(name, { stage, wall, pointing, cine, changed: () => this.changed() });
  }

  private async hang(): Promise<void> {
    this.cine.stop();
    if (!this.reading) return;
    const hung = this.wall.hang(this.reading, this.layout, this.byHand, (one) =>
      this.scene.startOf(one),
    );
    this.stage.settle();
    this.redraw();
    await hung;
  }

  private changed(): void {
    this.redraw();
    this.tell();
  }

  private redraw(): void {
    for (const viewport of this.wall.viewports) viewport.redraw();
  }

  private draw(viewport: SliceViewport): void {
    viewport.drawOverlay(this.scene.contentOf(viewport, this.wall.viewports));
    this.layers.draw(viewport);
  }

  private tell(): void {
    this.events.onLooking({
      layout: this.layout,
      ...this.hanging,
      ...this.stage.look,
      isCine: this.cine.isRunning,
      hasCrosshair: this.scene.crosshair !== null,
    });
  }
}
