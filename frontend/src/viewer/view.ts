/** How a stack is looked at: window, zoom, pan. */
import type { Types } from '@cornerstonejs/core';

import type { SlicePlane, Vec3 } from '../geometry/plane';

/** Largest first enlargement over "the whole image is visible". */
const FILL = 1.7;
const ZOOM = { least: 0.3, most: 12 };

export interface Window {
  center: number;
  width: number;
}

interface Shown {
  readonly stack: Types.IStackViewport;
  readonly element: HTMLElement;
  readonly plane: SlicePlane | null;
  readonly isColor: boolean;
  readonly isInverted: boolean;
}

export class View {
  window: Window = { center: 0, width: 1 };
  /** Whether the reader has zoomed or panned; until then a new size fits the image anew. */
  isTouched = false;
  private first: Window = { center: 0, width: 1 };
  private focus: Vec3 | null = null;

  constructor(
    private readonly shown: Shown,
    private readonly onChange: () => void,
  ) {}

  /** A new series: its window, and the point that should come to the middle. */
  begin(window: Window, focus: Vec3 | null): void {
    this.first = { ...window };
    this.window = { ...window };
    this.focus = focus;
    this.isTouched = false;
  }

  reset(): void {
    this.window = { ...this.first };
    this.isTouched = false;
    this.fit();
    this.apply();
    this.changed();
  }

  /** dx, dy in screen pixels: to the right less contrast, downwards darker. */
  dragWindow(dx: number, dy: number): void {
    const step = this.first.width / 400;
    this.window = {
      center: this.window.center + dy * step,
      width: Math.max(this.window.width + dx * step, this.first.width / 200),
    };
    this.apply();
    this.changed();
  }

  zoomBy(factor: number): void {
    const { stack } = this.shown;
    this.isTouched = true;
    stack.setZoom(Math.min(Math.max(stack.getZoom() * factor, ZOOM.least), ZOOM.most));
    this.changed();
  }

  panBy(dx: number, dy: number): void {
    const { stack } = this.shown;
    this.isTouched = true;
    const pan = stack.getPan();
    stack.setPan([(pan[0] ?? 0) + dx, (pan[1] ?? 0) + dy]);
    this.changed();
  }

  /** The element has another size. */
  resized(): void {
    if (this.isTouched) return;
    this.fit();
    this.changed();
  }

  /** Give the window to Cornerstone; it sticks over slices. Colour has no window. */
  apply(): void {
    const { center, width } = this.window;
    const { stack, isColor, isInverted } = this.shown;
    if (isColor) stack.setProperties({ voiRange: { lower: 0, upper: 255 }, invert: false });
    else {
      const voiRange = { lower: center - width / 2, upper: center + width / 2 };
      stack.setProperties({ voiRange, invert: isInverted });
    }
  }

  /**
   * Fill the height: a square image in a tall viewport would leave half of it black. The spine,
   * where it is marked, comes to the middle; nothing is enlarged beyond FILL.
   */
  fit(): void {
    const { stack, element, plane } = this.shown;
    stack.resetCamera();
    const { clientWidth: width, clientHeight: height } = element;
    if (!plane || !width || !height) return;
    const shape = plane.widthMm / plane.heightMm;
    const fitted = Math.min(width / shape, height);
    const zoom = Math.min(Math.max(height / fitted, 1), FILL);
    if (zoom <= 1) return;
    stack.setZoom(zoom);
    if (!this.focus) return;
    const [x, y] = stack.worldToCanvas([...this.focus] as Types.Point3);
    const spare = { x: (fitted * shape * zoom - width) / 2, y: (fitted * zoom - height) / 2 };
    const limit = (wanted: number, most: number) =>
      Math.min(Math.max(wanted, -Math.max(most, 0)), Math.max(most, 0));
    stack.setPan([limit(width / 2 - x, spare.x), limit(height / 2 - y, spare.y)]);
  }

  private changed(): void {
    this.shown.stack.render();
    this.onChange();
  }
}
