/**
 * The mouse: wheel scrolls, left drag is window and level, right drag zooms, middle drag or
 * shift with left drag pans, double click maximises, a click names a point.
 */
import type { Vec3 } from '../geometry/plane';

interface Target {
  element: HTMLElement;
  index: number;
  voi: { center: number; width: number };
  series: { voi: { width: number } } | null;
  stack: {
    getZoom(): number;
    setZoom(zoom: number): void;
    getPan(): ArrayLike<number>;
    setPan(pan: [number, number]): void;
    render(): void;
  };
  goTo(index: number): void;
  setVoi(center: number, width: number): void;
  pointAt(x: number, y: number): Vec3;
  redraw(): void;
  events: {
    onPoint: (target: never, point: Vec3) => void;
    onMaximise: (target: never) => void;
  };
}

type Drag = 'window' | 'zoom' | 'pan';
const WHEEL_STEP = 60;

export class Mouse {
  private wheel = 0;
  private drag: Drag | null = null;
  private from = { x: 0, y: 0 };
  private moved = 0;

  constructor(
    private readonly target: Target,
    private readonly host: HTMLElement,
  ) {
    host.addEventListener('wheel', this.onWheel, { passive: false });
    host.addEventListener('pointerdown', this.onDown);
    host.addEventListener('pointermove', this.onMove);
    host.addEventListener('pointerup', this.onUp);
    host.addEventListener('pointercancel', this.onUp);
    host.addEventListener('contextmenu', (event) => event.preventDefault());
    host.addEventListener('dblclick', () => target.events.onMaximise(target as never));
  }

  private readonly onWheel = (event: WheelEvent) => {
    event.preventDefault();
    if (!this.target.series) return;
    const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * 33;
    this.wheel += Math.max(-WHEEL_STEP, Math.min(WHEEL_STEP, pixels));
    const steps =
      Math.trunc(this.wheel / WHEEL_STEP) || (Math.abs(pixels) >= 30 ? Math.sign(pixels) : 0);
    if (!steps) return;
    this.wheel = 0;
    this.target.goTo(this.target.index + steps);
  };

  private readonly onDown = (event: PointerEvent) => {
    if (!this.target.series) return;
    this.drag =
      event.button === 2 ? 'zoom' : event.button === 1 || event.shiftKey ? 'pan' : 'window';
    this.from = { x: event.clientX, y: event.clientY };
    this.moved = 0;
    this.host.setPointerCapture(event.pointerId);
    if (event.button === 1) event.preventDefault();
  };

  private readonly onMove = (event: PointerEvent) => {
    if (!this.drag) return;
    const dx = event.clientX - this.from.x;
    const dy = event.clientY - this.from.y;
    this.moved += Math.abs(dx) + Math.abs(dy);
    if (this.moved < 4) return;
    this.from = { x: event.clientX, y: event.clientY };
    const { stack, voi, series } = this.target;
    switch (this.drag) {
      case 'window': {
        const step = (series?.voi.width ?? 1) / 400;
        this.target.setVoi(voi.center + dy * step, voi.width + dx * step);
        return;
      }
      case 'zoom':
        stack.setZoom(Math.min(Math.max(stack.getZoom() * Math.exp(-dy / 200), 0.3), 12));
        break;
      case 'pan': {
        const pan = stack.getPan();
        stack.setPan([(pan[0] ?? 0) + dx, (pan[1] ?? 0) + dy]);
      }
    }
    stack.render();
    this.target.redraw();
  };

  private readonly onUp = (event: PointerEvent) => {
    const isClick = this.drag === 'window' && this.moved < 4 && event.type === 'pointerup';
    this.drag = null;
    if (!isClick) return;
    const box = this.target.element.getBoundingClientRect();
    const point = this.target.pointAt(event.clientX - box.left, event.clientY - box.top);
    this.target.events.onPoint(this.target as never, point);
  };
}
