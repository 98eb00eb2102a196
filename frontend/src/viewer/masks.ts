/** Masks over the images: one labelmap a stack, drawn on a canvas without smoothing, painted with a brush. */
import type { GridShape, Labelmap, Pixel } from '../drawing/labelmap';
import { within } from '../geometry/plane';
import { KeyCursor } from './keyCursor';
import type { Layer, Place, PointerAct } from './layers';
import { valueAt } from './loader';
import type { SliceViewport } from './viewport';

export type Brush = 'brush' | 'eraser' | 'threshold';

export interface MaskState {
  brush: Brush | null;
  segment: number;
  /** Label value -> colour, "#rrggbb". */
  colors: Readonly<Record<number, string>>;
  radiusMm: number;
  range: readonly [low: number, high: number];
  opacity: number;
}

export interface MaskEvents {
  /** The labelmap of a stack; made where there is none yet. Null: nothing may be drawn. */
  labelmapOf: (stackId: number, shape: GridShape) => Labelmap | null;
  /** Already there, or null. */
  knownLabelmap: (stackId: number) => Labelmap | null;
  onPainted: (stackId: number) => void;
}

interface Stroke {
  map: Labelmap;
  last: Pixel;
  viewport: SliceViewport;
  stackId: number;
  stackPosition: number;
}

export class MaskLayer implements Layer {
  private state: MaskState = {
    brush: null,
    segment: 0,
    colors: {},
    radiusMm: 3,
    range: [0, 0],
    opacity: 0.5,
  };
  private readonly canvases = new Map<SliceViewport, HTMLCanvasElement>();
  private stroke: Stroke | null = null;
  private hover: { viewport: SliceViewport; place: Place } | null = null;
  private readonly cursor = new KeyCursor();

  constructor(private readonly events: MaskEvents) {}

  set(state: MaskState): void {
    if (state.brush !== this.state.brush) this.lift();
    this.state = state;
  }

  /** Another case: no stroke goes on in it, and no mask of the one before is seen. */
  cancel(): void {
    this.stroke = null;
    this.hover = null;
    this.cursor.clear();
    for (const canvas of this.canvases.values()) canvas.width = 0; // empties it
  }

  pointer(act: PointerAct, viewport: SliceViewport, place: Place, original: PointerEvent): boolean {
    const { brush } = this.state;
    if (!brush || !viewport.plane) return false;
    if (act === 'down' && (original.button !== 0 || original.shiftKey)) return false;
    this.hover = { viewport, place };
    this.cursor.set(viewport, place);
    const pixel = pixelAt(viewport, place);
    if (act === 'down') {
      if (!pixel || !this.begin(viewport, pixel)) return false;
    } else if (act === 'move') {
      if (this.stroke?.viewport === viewport && pixel) this.paint(pixel);
    } else this.lift();
    viewport.redraw();
    return this.stroke !== null || act === 'up';
  }

  /** With a brush: arrows move it, Enter sets it down and lifts it. True: the key meant something. */
  key(name: string, viewport: SliceViewport): boolean {
    if (!this.state.brush || viewport.shown < 0 || !viewport.plane) return false;
    const isMoved = this.cursor.move(name, viewport);
    if (!isMoved && name !== 'Enter') return false;
    const place = this.cursor.placeIn(viewport);
    this.hover = { viewport, place };
    const isDown = this.isOn(viewport);
    if (!isDown) this.lift(); // it was down on another slice
    const pixel = pixelAt(viewport, place);
    if (isMoved && isDown && pixel) this.paint(pixel);
    else if (!isMoved && isDown) this.lift();
    else if (!isMoved && pixel) this.begin(viewport, pixel);
    viewport.redraw();
    return true;
  }

  /** Whether the stroke under way is on the slice on screen. */
  private isOn({ frame }: SliceViewport): boolean {
    const { stroke } = this;
    if (!stroke || !frame) return false;
    return stroke.stackId === frame.stack_id && stroke.stackPosition === frame.stack_position;
  }

  private begin(viewport: SliceViewport, pixel: Pixel): boolean {
    const { frame } = viewport;
    const map = this.mapFor(viewport);
    if (!map || !frame) return false;
    map.begin(this.state.segment);
    const { stack_id: stackId, stack_position: stackPosition } = frame;
    this.stroke = { map, last: pixel, viewport, stackId, stackPosition };
    this.paint(pixel);
    return true;
  }

  private mapFor(viewport: SliceViewport): Labelmap | null {
    const { frame, series } = viewport;
    if (!frame || !series || !frame.row_spacing_mm || !frame.column_spacing_mm) return null;
    const slices = series.frames.filter(({ stack_id }) => stack_id === frame.stack_id).length;
    return this.events.labelmapOf(frame.stack_id, {
      slices,
      rows: frame.rows,
      columns: frame.columns,
      rowSpacingMm: frame.row_spacing_mm,
      columnSpacingMm: frame.column_spacing_mm,
    });
  }

  private paint(pixel: Pixel): void {
    const { stroke } = this;
    const frame = stroke?.viewport.frame;
    if (!stroke || !frame) return;
    const { brush, segment, radiusMm, range } = this.state;
    const imageId = stroke.viewport.imageIds[stroke.viewport.shown] ?? '';
    const isInRange = (column: number, row: number) => {
      const [value] = valueAt(imageId, column, row) ?? [];
      return value !== undefined && value >= range[0] && value <= range[1];
    };
    stroke.map.paint(
      frame.stack_position,
      stroke.last,
      pixel,
      radiusMm,
      brush === 'eraser' ? 0 : segment,
      brush === 'threshold' ? isInRange : undefined,
    );
    stroke.last = pixel;
  }

  private lift(): void {
    const { stroke } = this;
    this.stroke = null;
    if (stroke?.map.end()) this.events.onPainted(stroke.stackId);
  }

  draw(viewport: SliceViewport): void {
    const canvas = this.canvasOf(viewport);
    const { frame, plane } = viewport;
    const isSeen = viewport.shown >= 0 && frame !== null && plane !== null;
    const map = isSeen ? this.events.knownLabelmap(frame.stack_id) : null;
    const hasBrush = this.state.brush !== null && this.hover?.viewport === viewport;
    const isWanted = isSeen && (map !== null || hasBrush);
    // a canvas with nothing on it would still be cleared and laid over the image at every slice
    canvas.style.display = isWanted ? '' : 'none';
    if (!isWanted) {
      if (canvas.width) canvas.width = 0;
      return;
    }
    const ratio = window.devicePixelRatio;
    const [width, height] = [viewport.size.width, viewport.size.height].map((side) =>
      Math.round(side * ratio),
    ) as [number, number];
    if (canvas.width !== width || canvas.height !== height) {
      [canvas.width, canvas.height] = [width, height];
    }
    const context = canvas.getContext('2d');
    if (!context) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (map) this.drawSlice(context, viewport, map.slice(frame.stack_position), ratio);
    if (hasBrush) this.drawBrush(context, ratio);
  }

  private drawSlice(
    context: CanvasRenderingContext2D,
    viewport: SliceViewport,
    labels: Uint8Array,
    ratio: number,
  ): void {
    const { frame, plane } = viewport;
    if (!frame || !plane || !labels.some(Boolean)) return;
    const image = new ImageData(frame.columns, frame.rows);
    const alpha = Math.round(this.state.opacity * 255);
    labels.forEach((label, at) => {
      const color = this.state.colors[label];
      if (!label || !color) return;
      const rgb = Number.parseInt(color.slice(1), 16);
      image.data.set([rgb >> 16, (rgb >> 8) & 255, rgb & 255, alpha], 4 * at);
    });
    const picture = new OffscreenCanvas(frame.columns, frame.rows);
    picture.getContext('2d')?.putImageData(image, 0, 0);
    // pixel centres lie at whole numbers, so the picture begins half a pixel before them
    const [origin, right, down] = [
      [-0.5, -0.5],
      [0.5, -0.5],
      [-0.5, 0.5],
    ].map(([x = 0, y = 0]) => canvasAt(viewport, x, y));
    if (!origin || !right || !down) return;
    const k = ratio;
    context.setTransform(
      (right[0] - origin[0]) * k,
      (right[1] - origin[1]) * k,
      (down[0] - origin[0]) * k,
      (down[1] - origin[1]) * k,
      origin[0] * k,
      origin[1] * k,
    );
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, 0, 0);
  }

  private drawBrush(context: CanvasRenderingContext2D, ratio: number): void {
    const { hover, state } = this;
    if (!hover) return;
    const frame = hover.viewport.frame;
    const [a, b] = [canvasAt(hover.viewport, 0, 0), canvasAt(hover.viewport, 1, 0)];
    const perMm = Math.hypot(b[0] - a[0], b[1] - a[1]) / (frame?.column_spacing_mm ?? 1);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.strokeStyle =
      state.brush === 'eraser' ? '#fff' : (state.colors[state.segment] ?? '#fff');
    context.lineWidth = this.stroke ? 3 : 1.5;
    context.beginPath();
    context.arc(hover.place.x, hover.place.y, state.radiusMm * perMm, 0, 2 * Math.PI);
    context.stroke();
  }

  private canvasOf(viewport: SliceViewport): HTMLCanvasElement {
    const known = this.canvases.get(viewport);
    if (known) return known;
    const canvas = document.createElement('canvas');
    canvas.className = 'masks';
    viewport.host.insertBefore(canvas, viewport.overlay.svg);
    this.canvases.set(viewport, canvas);
    return canvas;
  }
}

function pixelAt(viewport: SliceViewport, place: Place): Pixel | null {
  const { plane, frame } = viewport;
  const point = viewport.pointAt(place.x, place.y);
  if (!plane || !frame?.row_spacing_mm || !frame.column_spacing_mm || !point) return null;
  const { x, y } = within(plane, point);
  return { x: x / frame.column_spacing_mm, y: y / frame.row_spacing_mm };
}

/** Where a pixel place of the slice on screen lies on the canvas. */
export function canvasAt(viewport: SliceViewport, x: number, y: number): readonly [number, number] {
  const { plane, frame } = viewport;
  if (!plane) return [0, 0];
  const [dx, dy] = [x * (frame?.column_spacing_mm ?? 1), y * (frame?.row_spacing_mm ?? 1)];
  const [px, py, pz] = plane.position;
  const [rx, ry, rz] = plane.row;
  const [cx, cy, cz] = plane.column;
  return viewport.toCanvas([
    px + dx * rx + dy * cx,
    py + dx * ry + dy * cy,
    pz + dx * rz + dy * cz,
  ]);
}
