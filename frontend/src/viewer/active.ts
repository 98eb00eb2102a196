/** The viewport that keys act on, and the one that is enlarged. */
import type { SliceViewport } from './viewport';

export class ActiveViewport {
  current: SliceViewport | null = null;

  constructor(
    private readonly all: () => readonly SliceViewport[],
    private readonly onChange: () => void,
  ) {}

  /** Its slot in the layout; the first where none is active. */
  get slot(): number {
    return Math.max(this.current ? this.all().indexOf(this.current) : 0, 0);
  }

  /** The number of the series in each slot, null where there is none. */
  get hung(): (number | null)[] {
    return this.all().map(({ series }) => series?.id ?? null);
  }

  enter(viewport: SliceViewport | null): void {
    this.current = viewport;
    for (const one of this.all()) one.host.classList.toggle('active', one === viewport);
    this.onChange();
  }

  /** What hangs has changed: stay where something hangs, or go to the first that shows a series. */
  settle(): void {
    const { current } = this;
    const all = this.all();
    const stays = current && all.includes(current) && current.series;
    this.enter((stays ? current : all.find(({ series }) => series)) ?? null);
  }

  /** To the next slice, from the last to the first, once everything before is on screen. */
  step(): void {
    const { current } = this;
    if (!current?.isStill || current.shown < 0 || current.imageIds.length < 2) return;
    current.goTo((current.index + 1) % current.imageIds.length);
  }

  /** How it is looked at. */
  get look() {
    const { slot } = this;
    const view = this.current?.view;
    return {
      slot,
      preset: view?.preset ?? '',
      isInverted: view?.isInverted ?? false,
      isClose: view?.isClose ?? false,
    };
  }

  enterNext(): void {
    const ready = this.all().filter(({ series }) => series);
    const at = this.current ? ready.indexOf(this.current) : -1;
    const next = ready[(at + 1) % ready.length];
    if (!next) return;
    const isLarge = ready.some(isEnlarged);
    this.enter(next);
    if (isLarge && !isEnlarged(next)) this.enlarge(next);
  }

  enlarge(viewport: SliceViewport): void {
    if (viewport.isFrozen('layout')) return;
    const isLarge = isEnlarged(viewport);
    for (const { host } of this.all()) host.classList.remove('enlarged');
    viewport.host.classList.toggle('enlarged', !isLarge);
  }
}

export const isEnlarged = ({ host }: SliceViewport): boolean => host.classList.contains('enlarged');
