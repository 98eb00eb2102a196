/** How a stack is looked at: window, zoom, pan. */
import type { Types } from '@cornerstonejs/core';

import { add, length, scale, type SlicePlane, sub, type Vec3 } from '../geometry/plane';
import {
  around,
  fitted,
  fromScreen,
  middle,
  mmPerPixel,
  type Pose,
  type Size,
  toScreen,
  zoomed,
} from '../geometry/pose';
import { AUTO, type Grey, presetNamed, type Window, windowOf } from './presets';

interface Shown {
  readonly stack: Types.IStackViewport;
  readonly size: Size;
  /** The slice on screen as it is drawn: with a stand-in where its geometry is unknown. */
  readonly drawn: SlicePlane | null;
  /** Its size with the outer half of the pixels at its edge, mm. */
  readonly extent: Size;
  readonly isColor: boolean;
  readonly isMonochrome1: boolean;
  /** What the protocol has taken out of the reader's hands. */
  isFrozen(setting: 'window' | 'zoom'): boolean;
}

/** What the reader has changed, so that linked viewports may do the same. */
export type Change =
  | { kind: 'zoom'; factor: number }
  /** Of what is seen, mm: over the screen, and in the patient. */
  | { kind: 'pan'; x: number; y: number; shift: Vec3 }
  | { kind: 'grey'; grey: Grey };

/** What is kept of a stack that is off the screen for a while. pose: null as long as it fits. */
export interface Look {
  grey: Grey;
  pose: Pose | null;
}

/** The automatic window, as it is. */
const PLAIN: Grey = { preset: AUTO, center: 0, width: 1, isInverted: false };

export class View {
  private first: Window = { center: 0, width: 1 };
  private grey: Grey = PLAIN;
  private pose: Pose | null = null;
  /** Whether the reader has zoomed or panned; until then a new size fits the image anew. */
  private isTouched = false;
  private before: { pose: Pose; isTouched: boolean } | null = null;
  private focus: Vec3 | null = null;

  constructor(
    private readonly shown: Shown,
    private readonly onChange: (change: Change | null) => void,
  ) {}

  get window(): Window {
    return windowOf(this.grey, this.first);
  }

  get preset(): string {
    return this.grey.preset;
  }

  get isInverted(): boolean {
    return this.grey.isInverted;
  }

  /** Whether it shows the surroundings of a level. */
  get isClose(): boolean {
    return this.before !== null;
  }

  get look(): Look {
    return { grey: this.grey, pose: this.isTouched ? this.pose : null };
  }

  get mmPerPixel(): number | null {
    return this.pose && this.shown.size.height ? mmPerPixel(this.pose, this.shown.size) : null;
  }

  /** A new series: its window, the point that should come to the middle, how it was looked at. */
  begin(first: Window, focus: Vec3 | null, look: Look | null): void {
    this.first = { ...first };
    this.focus = focus;
    this.grey = look?.grey ?? PLAIN;
    this.pose = look?.pose ?? null;
    this.isTouched = this.pose !== null;
    this.before = null;
  }

  reset(): void {
    this.grey = PLAIN;
    this.pose = null;
    this.isTouched = false;
    this.before = null;
    this.place();
    this.applyGrey();
    this.changed(null);
  }

  /** dx, dy in screen pixels: to the right less contrast, downwards darker. */
  dragWindow(dx: number, dy: number): void {
    const { center, width } = this.grey;
    this.setGrey({
      ...this.grey,
      preset: '',
      center: center + dy / 400,
      width: Math.max(width + dx / 400, 1 / 200),
    });
  }

  usePreset(name: string): void {
    const { center, width } = presetNamed(name);
    this.setGrey({ ...this.grey, preset: name, center, width });
  }

  invert(): void {
    this.setGrey({ ...this.grey, isInverted: !this.grey.isInverted });
  }

  zoomBy(factor: number): void {
    const { pose } = this;
    if (!pose || this.shown.isFrozen('zoom')) return;
    const next = zoomed(pose, factor, this.shown.extent, this.shown.size);
    this.moveTo(next);
    this.changed({ kind: 'zoom', factor: pose.heightMm / next.heightMm });
  }

  panBy(dx: number, dy: number): void {
    const { drawn } = this.shown;
    const mm = this.mmPerPixel;
    if (!this.pose || !drawn || mm === null) return;
    const [x, y] = [dx * mm, dy * mm];
    this.moveTo({ ...this.pose, x: this.pose.x - x, y: this.pose.y - y });
    const shift = add(scale(drawn.row, x), scale(drawn.column, y));
    this.changed({ kind: 'pan', x, y, shift });
  }

  /** Do what has been done to a linked viewport; tells nobody. */
  follow(change: Change): void {
    const { pose } = this;
    if (!pose) return;
    if (change.kind === 'zoom') {
      this.moveTo(zoomed(pose, change.factor, this.shown.extent, this.shown.size));
    }
    if (change.kind === 'pan') {
      this.moveTo({ ...pose, x: pose.x - change.x, y: pose.y - change.y });
    }
    if (change.kind === 'grey') {
      this.grey = change.grey;
      this.applyGrey();
    }
    this.changed(null);
  }

  /** Show so many mm around a point; a second point moves on, `leave` goes back. */
  closeUp(point: Vec3, mm: number): void {
    const { drawn, size } = this.shown;
    if (!this.pose || !drawn || this.shown.isFrozen('zoom')) return;
    this.before ??= { pose: this.pose, isTouched: this.isTouched };
    this.moveTo(around(drawn, point, mm, size));
    this.changed(null);
  }

  leave(): void {
    if (!this.before) return;
    const { pose, isTouched } = this.before;
    this.before = null;
    this.moveTo(pose);
    this.isTouched = isTouched;
    this.changed(null);
  }

  /** The element has another size. */
  resized(): void {
    if (!this.isTouched) this.pose = null;
    this.place();
    this.changed(null);
  }

  /** Give the window to Cornerstone; it sticks over slices. Colour has no window. */
  applyGrey(): void {
    const { stack, isColor, isMonochrome1 } = this.shown;
    if (isColor) {
      stack.setProperties({ voiRange: { lower: 0, upper: 255 }, invert: this.isInverted });
      return;
    }
    const { center, width } = this.window;
    const voiRange = { lower: center - width / 2, upper: center + width / 2 };
    stack.setProperties({ voiRange, invert: isMonochrome1 !== this.isInverted });
  }

  /** Turn Cornerstone's camera to the part that is wanted; its own pan goes by whole pixels. */
  place(): void {
    const { stack, size, drawn, extent } = this.shown;
    if (!drawn || !size.width || !size.height) return;
    this.pose ??= fitted(drawn, extent, size, this.focus);
    const { position, focalPoint, viewPlaneNormal } = stack.getCamera();
    if (!position || !focalPoint || !viewPlaneNormal) return;
    const away = length(sub(position as Vec3, focalPoint as Vec3)) || 1;
    const point = middle(drawn, this.pose);
    stack.setCamera({
      focalPoint: [...point] as Types.Point3,
      position: [...add(point, scale(viewPlaneNormal as Vec3, away))] as Types.Point3,
      parallelScale: this.pose.heightMm / 2,
    });
  }

  toScreen(plane: SlicePlane, point: Vec3): [number, number] {
    return this.pose ? toScreen(plane, this.pose, this.shown.size, point) : [0, 0];
  }

  fromScreen(plane: SlicePlane, x: number, y: number): Vec3 | null {
    return this.pose ? fromScreen(plane, this.pose, this.shown.size, x, y) : null;
  }

  private moveTo(pose: Pose): void {
    this.pose = pose;
    this.isTouched = true;
    this.place();
  }

  private setGrey(grey: Grey): void {
    if (this.shown.isFrozen('window')) return;
    this.grey = grey;
    this.applyGrey();
    this.changed({ kind: 'grey', grey });
  }

  private changed(change: Change | null): void {
    this.shown.stack.render();
    this.onChange(change);
  }
}
