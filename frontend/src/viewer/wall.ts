/** The wall of viewports: made as layouts need them, and kept for the next layout. */
import type { Layout, Reading, ViewerSeries } from '../api/types';
import type { Vec3 } from '../geometry/plane';
import { Graphics } from './graphics';
import type { ViewportEvents } from './hanging';
import { areaOf, assign, templateOf } from './layout';
import { MOST_VIEWPORTS } from './loader';
import { type ByHand, hungSeries } from './slices';
import type { Look } from './view';
import { SliceViewport } from './viewport';

/** Where a series is shown first. */
export interface Start {
  index: number;
  focus: Vec3 | null;
}

export class Wall {
  /** Those of the layout, slot by slot. */
  viewports: SliceViewport[] = [];
  private readonly all: SliceViewport[] = [];
  private readonly hosts: HTMLElement[] = [];
  private readonly graphics: Graphics;
  private readonly looks = new Map<number, Look & { index: number | null }>();
  private readonly observer: ResizeObserver;
  private resizing = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly events: ViewportEvents,
    onLost: () => void,
  ) {
    this.graphics = new Graphics(this.all, onLost);
    this.observer = new ResizeObserver(() => this.resize());
  }

  /** Another reading: nothing of the one before is seen or kept. */
  clear(): void {
    this.looks.clear();
    for (const viewport of this.all) viewport.clear();
  }

  /** The reader goes elsewhere: stacks off the screen come back there, not where they were. */
  forgetPlaces(): void {
    for (const [id, look] of this.looks) this.looks.set(id, { ...look, index: null });
  }

  /** Hang a layout; resolves when every slot shows its slice, or can't. */
  async hang(
    reading: Reading,
    at: number,
    byHand: ByHand,
    startOf: (series: ViewerSeries) => Start,
  ): Promise<void> {
    const layout = reading.hanging.layouts[at];
    if (!layout) return;
    const slots = hungSeries(reading, at, byHand).slice(0, MOST_VIEWPORTS);
    this.keepLooks();
    const held = this.all.map(({ series }) => series?.id ?? null);
    const chosen = assign(
      held,
      slots.map(({ series }) => series?.id ?? null),
    );
    this.place(layout, chosen);
    this.viewports = chosen.map((number) => this.viewport(number));
    this.fit();
    await Promise.all(
      slots.map(({ title, series }, slot) => {
        const viewport = this.viewports[slot] as SliceViewport;
        if (series && viewport.series?.id === series.id) return viewport.resume();
        const look = series ? (this.looks.get(series.id) ?? null) : null;
        const start = series ? startOf(series) : { index: 0, focus: null };
        const index = look?.index ?? start.index;
        return viewport.show({ readingId: reading.id, title, series, ...start, index, look });
      }),
    );
  }

  /** Turn the viewports of a stack to one of its slices; the first of them, or null. */
  turnTo(stackId: number, position: number): SliceViewport | null {
    const found = this.viewports.flatMap((viewport) => {
      const at = viewport.series?.frames.findIndex(
        (one) => one.stack_id === stackId && one.stack_position === position,
      );
      return at === undefined || at < 0 ? [] : [{ viewport, at }];
    });
    for (const { viewport, at } of found) viewport.goTo(at);
    return found[0]?.viewport ?? null;
  }

  private keepLooks(): void {
    for (const { series, index, view } of this.all) {
      if (series) this.looks.set(series.id, { ...view.look, index });
    }
  }

  private viewport(number: number): SliceViewport {
    const host = this.host(number);
    const { engine } = this.graphics;
    this.all[number] ??= new SliceViewport(`viewport-${number}`, engine, host, this.events);
    return this.all[number];
  }

  private host(number: number): HTMLElement {
    const known = this.hosts[number];
    if (known) return known;
    const made = document.createElement('div');
    made.className = 'viewport';
    this.hosts[number] = made;
    this.observer.observe(made);
    return made;
  }

  /** Set the hosts of these numbers on the grid, in the order of the slots. */
  private place(layout: Layout, chosen: readonly number[]): void {
    this.root.style.gridTemplate = templateOf(layout);
    chosen.forEach((number, slot) => {
      const host = this.host(number);
      const area = layout.slots[slot];
      if (area) host.style.gridArea = areaOf(area);
      const { children } = this.root;
      if (children[slot] !== host) this.root.insertBefore(host, children[slot] ?? null);
    });
    this.hosts.forEach((host, number) => {
      host.classList.remove('enlarged');
      host.hidden = !chosen.includes(number);
    });
  }

  /** Sizes have changed: with the next frame, and again while the engine has a frame pending. */
  private resize(attempts = 5): void {
    this.resizing ||= requestAnimationFrame(() => {
      this.resizing = 0;
      this.fit();
      const isLeft = this.viewports.some((one) => one.shown >= 0 && !fits(one));
      if (isLeft && attempts > 1) this.resize(attempts - 1);
    });
  }

  private fit(): void {
    for (const viewport of this.viewports) viewport.measure();
    this.graphics.engine.resize(true, true);
    for (const viewport of this.viewports) if (viewport.shown >= 0) viewport.view.resized();
  }
}

/** Whether the canvas has the size at which it is seen. */
function fits({ element }: SliceViewport): boolean {
  const canvas = element.querySelector('canvas');
  if (!canvas?.clientWidth) return true;
  const ratio = window.devicePixelRatio || 1;
  return (
    canvas.width === Math.round(canvas.clientWidth * ratio) &&
    canvas.height === Math.round(canvas.clientHeight * ratio)
  );
}
