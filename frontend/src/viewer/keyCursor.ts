/** A cursor that keys move over an image, in the place of the pointer. */
import type { Place } from './layers';
import type { SliceViewport } from './viewport';

const STEPS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const FAR_PX = 10;

export class KeyCursor {
  private at: { viewport: SliceViewport; place: Place } | null = null;

  /** Where it is, in pixels of the viewport: at first in the middle. */
  placeIn(viewport: SliceViewport): Place {
    if (this.at?.viewport === viewport) return this.at.place;
    const { clientWidth, clientHeight } = viewport.host;
    return { x: clientWidth / 2, y: clientHeight / 2 };
  }

  /** An arrow moves it by a pixel, with Shift by ten. False: the key is no arrow. */
  move(name: string, viewport: SliceViewport): boolean {
    const step = STEPS[name.replace('Shift+', '')];
    if (!step) return false;
    const { x, y } = this.placeIn(viewport);
    const by = name.startsWith('Shift+') ? FAR_PX : 1;
    const inside = (value: number, size: number) => Math.min(Math.max(value, 0), size);
    const { clientWidth, clientHeight } = viewport.host;
    this.at = {
      viewport,
      place: {
        x: inside(x + step[0] * by, clientWidth),
        y: inside(y + step[1] * by, clientHeight),
      },
    };
    return true;
  }

  isIn(viewport: SliceViewport): boolean {
    return this.at?.viewport === viewport;
  }

  /** Take over where the pointer is. */
  set(viewport: SliceViewport, place: Place): void {
    this.at = { viewport, place };
  }

  clear(): void {
    this.at = null;
  }
}
