/** What others lay over the viewports: it draws after the overlay and sees the pointer first. */
import type { SliceViewport } from './viewport';

export interface Place {
  x: number;
  y: number;
}

export type PointerAct = 'down' | 'move' | 'up';

export interface Layer {
  /** Called after each redraw; `shown` is -1 while no slice is on screen, so nothing may be. */
  draw(viewport: SliceViewport): void;
  /** place: pixels of the viewport. True: taken; the viewport then does nothing with it. */
  pointer(act: PointerAct, viewport: SliceViewport, place: Place, original: PointerEvent): boolean;
  /** A key while a tool is taken. True: it meant something. */
  key?(name: string, viewport: SliceViewport): boolean;
}

export class Layers {
  private readonly all: Layer[] = [];
  private holder: Layer | null = null;

  add(...layers: Layer[]): void {
    this.all.push(...layers);
  }

  draw(viewport: SliceViewport): void {
    for (const layer of this.all) layer.draw(viewport);
  }

  key(name: string, viewport: SliceViewport): boolean {
    return this.all.some((one) => one.key?.(name, viewport));
  }

  /** The layer that took the pointer when it went down has it until it is up again. */
  pointer(act: PointerAct, viewport: SliceViewport, place: Place, original: PointerEvent): boolean {
    if (act === 'down') {
      this.holder = this.all.find((one) => one.pointer(act, viewport, place, original)) ?? null;
      return this.holder !== null;
    }
    const { holder } = this;
    if (act === 'up') this.holder = null;
    if (holder) {
      holder.pointer(act, viewport, place, original);
      return true;
    }
    return act === 'move' && this.all.some((one) => one.pointer(act, viewport, place, original));
  }
}
