/**
 * The mouse: wheel scrolls, left drag is window and level, right drag zooms, middle drag or
 * shift with left drag pans, double click enlarges, a click names a point.
 */
import type { Vec3 } from '../geometry/plane';
import type { Place, PointerAct } from './layers';

interface Target<Self> {
  readonly element: HTMLElement;
  readonly index: number;
  readonly shown: number;
  readonly view: {
    dragWindow(dx: number, dy: number): void;
    zoomBy(factor: number): void;
    panBy(dx: number, dy: number): void;
  };
  goTo(index: number): void;
  pointAt(x: number, y: number): Vec3 | null;
  readAt(place: Place | null): void;
  readonly events: {
    /** True: a layer has taken the pointer. */
    onPointer: (act: PointerAct, target: Self, place: Place, original: PointerEvent) => boolean;
    onPoint: (target: Self, point: Vec3) => void;
    onEnter: (target: Self) => void;
    onEnlarge: (target: Self) => void;
  };
}

type Drag = 'window' | 'zoom' | 'pan';
const WHEEL_STEP = 60;
const STILL_PX = 4;

export class Mouse<Self extends Target<Self>> {
  private wheel = 0;
  private drag: Drag | null = null;
  private from = { x: 0, y: 0 };
  private moved = 0;

  constructor(
    private readonly target: Self,
    private readonly host: HTMLElement,
  ) {
    host.addEventListener('wheel', this.onWheel, { passive: false });
    host.addEventListener('pointerenter', () => target.events.onEnter(target));
    host.addEventListener('pointerdown', this.onDown);
    host.addEventListener('pointermove', this.onMove);
    host.addEventListener('pointerup', this.onUp);
    host.addEventListener('pointercancel', this.onUp);
    host.addEventListener('pointerleave', () => target.readAt(null));
    host.addEventListener('contextmenu', (event) => event.preventDefault());
    host.addEventListener('dblclick', () => target.events.onEnlarge(target));
  }

  private readonly onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * 33;
    this.wheel += Math.max(-WHEEL_STEP, Math.min(WHEEL_STEP, pixels));
    const steps =
      Math.trunc(this.wheel / WHEEL_STEP) || (Math.abs(pixels) >= 30 ? Math.sign(pixels) : 0);
    if (!steps) return;
    this.wheel = 0;
    this.target.goTo(this.target.index + steps);
  };

  private readonly onDown = (event: PointerEvent) => {
    if (this.target.shown < 0) return;
    if (event.button > 2) return;
    if (this.isTaken('down', event)) {
      this.host.setPointerCapture(event.pointerId);
      return;
    }
    this.drag =
      event.button === 2 ? 'zoom' : event.button === 1 || event.shiftKey ? 'pan' : 'window';
    this.from = { x: event.clientX, y: event.clientY };
    this.moved = 0;
    this.host.setPointerCapture(event.pointerId);
    if (event.button === 1) event.preventDefault();
  };

  private readonly onMove = (event: PointerEvent) => {
    if (!this.drag) {
      if (!this.isTaken('move', event)) this.target.readAt(this.place(event));
      return;
    }
    const dx = event.clientX - this.from.x;
    const dy = event.clientY - this.from.y;
    this.moved += Math.abs(dx) + Math.abs(dy);
    if (this.moved < STILL_PX) return;
    this.from = { x: event.clientX, y: event.clientY };
    switch (this.drag) {
      case 'window':
        return this.target.view.dragWindow(dx, dy);
      case 'zoom':
        return this.target.view.zoomBy(Math.exp(-dy / 200));
      case 'pan':
        return this.target.view.panBy(dx, dy);
    }
  };

  private readonly onUp = (event: PointerEvent) => {
    if (!this.drag) {
      this.isTaken('up', event);
      return;
    }
    const isClick = this.drag === 'window' && this.moved < STILL_PX && event.type === 'pointerup';
    this.drag = null;
    if (!isClick) return;
    const { x, y } = this.place(event);
    const point = this.target.pointAt(x, y);
    if (point) this.target.events.onPoint(this.target, point);
  };

  private isTaken(act: PointerAct, event: PointerEvent): boolean {
    return this.target.events.onPointer(act, this.target, this.place(event), event);
  }

  private place(event: PointerEvent): Place {
    const box = this.target.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}
