/** Measurements on the images: drawn with the pointer or the keys, seen on the slice they lie on. */
import { type Kind, measure, type MeasuredValues, POINTS, words } from '../drawing/measures';
import { linesOf } from '../drawing/shapes';
import { add, distance, normal, scale, type SlicePlane, type Vec3 } from '../geometry/plane';
import { besideOf } from './beside';
import { KeyCursor } from './keyCursor';
import type { Layer, Place, PointerAct } from './layers';
import type { SliceViewport } from './viewport';

export interface Drawn {
  key: string;
  kind: Kind;
  points: readonly Vec3[];
  stackId: number;
  stackPosition: number;
  label: string;
  values: MeasuredValues;
  isUnsaved: boolean;
  /** Whose it is, where marks of several readers are shown: of their colours, from 0. */
  tone?: number;
}

/** A mark that keys move, as it stands meanwhile; at: the number of the point that is moved. */
export interface Edited {
  mark: Drawn;
  at: number;
}

export interface DrawingState {
  marks: readonly Drawn[];
  edited: Edited | null;
  tool: Kind | null;
  selected: string;
  isClosed: boolean;
}

export interface DrawingEvents {
  /** A mark is finished, or has been moved (then with its key). */
  onDrawn: (
    mark: Pick<Drawn, 'kind' | 'points' | 'stackId' | 'stackPosition'>,
    key?: string,
  ) => void;
  onSelected: (key: string) => void;
}

interface Draft {
  kind: Kind;
  points: Vec3[];
  viewport: SliceViewport;
  stackId: number;
  stackPosition: number;
}

const SVG = 'http://www.w3.org/2000/svg';
const NEAR_PX = 9;
const STILL_PX = 3;
/** Kinds whose first two points are set by one drag. */
const BY_DRAG: ReadonlySet<Kind> = new Set(['length', 'cobb', 'ellipse', 'rectangle', 'box']);

const make = (name: string, attributes: Record<string, string | number>): SVGElement => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
};

export class DrawingLayer implements Layer {
  private marks: readonly Drawn[] = [];
  private tool: Kind | null = null;
  private selected = '';
  private edited: Edited | null = null;
  private isClosed = false;
  private draft: Draft | null = null;
  private moving: { mark: Drawn; at: number } | null = null;
  private pressed: Place | null = null;
  private readonly cursor = new KeyCursor();

  constructor(private readonly events: DrawingEvents) {}

  /** What there is to draw and with which tool; the room redraws after it. */
  set(given: DrawingState): void {
    if (given.tool !== this.tool) this.cancel();
    this.marks = given.marks;
    this.tool = given.tool;
    this.selected = given.selected;
    this.edited = given.edited;
    this.isClosed = given.isClosed;
  }

  /** Drop what isn't finished. True if there was something. */
  cancel(): boolean {
    const had = this.draft !== null;
    this.draft = null;
    this.moving = null;
    this.cursor.clear();
    return had;
  }

  pointer(act: PointerAct, viewport: SliceViewport, place: Place, original: PointerEvent): boolean {
    const point = viewport.pointAt(place.x, place.y);
    if (act === 'down') return original.button === 0 && this.down(viewport, place, point, original);
    if (act === 'move') return this.move(viewport, point);
    return this.up(viewport, place, point);
  }

  private down(
    viewport: SliceViewport,
    place: Place,
    point: Vec3 | null,
    original: PointerEvent,
  ): boolean {
    if (!this.tool) return !this.isClosed && this.grab(viewport, place);
    if (original.shiftKey || !point) return false;
    this.pressed = place;
    this.add(viewport, point);
    return true;
  }

  /** Take hold of a point of a mark, or choose the mark. */
  private grab(viewport: SliceViewport, place: Place): boolean {
    for (const mark of this.marksOn(viewport)) {
      const at = mark.points.findIndex((point) => isNear(viewport.toCanvas(point), place));
      if (at < 0) continue;
      this.moving = { mark: { ...mark }, at };
      this.events.onSelected(mark.key);
      return true;
    }
    return false;
  }

  private add(viewport: SliceViewport, point: Vec3): void {
    const { frame } = viewport;
    if (!this.tool || !frame) return;
    if (this.draft?.viewport !== viewport || this.draft.stackPosition !== frame.stack_position) {
      this.draft = {
        kind: this.tool,
        points: [point],
        viewport,
        stackId: frame.stack_id,
        stackPosition: frame.stack_position,
      };
    } else this.draft.points.splice(-1, 1, point);
    if (this.draft.points.length === POINTS[this.tool]) return this.finish();
    this.draft.points.push(point); // the point that follows the pointer
    viewport.redraw();
  }

  private move(viewport: SliceViewport, point: Vec3 | null): boolean {
    if (this.moving && point) {
      const { mark, at } = this.moving;
      this.moving.mark = {
        ...mark,
        points: mark.points.map((one, index) => (index === at ? point : one)),
      };
      viewport.redraw();
      return true;
    }
    const { draft } = this;
    if (!draft || draft.viewport !== viewport || !point) return false;
    draft.points.splice(-1, 1, point);
    viewport.redraw();
    return true;
  }

  private up(viewport: SliceViewport, place: Place, point: Vec3 | null): boolean {
    if (this.moving) {
      const { mark } = this.moving;
      this.moving = null;
      this.events.onDrawn(mark, mark.key);
      return true;
    }
    const from = this.pressed;
    this.pressed = null;
    const hasMoved = from && Math.hypot(place.x - from.x, place.y - from.y) > STILL_PX;
    if (hasMoved && point && this.draft && BY_DRAG.has(this.draft.kind)) this.add(viewport, point);
    return this.tool !== null;
  }

  private finish(): void {
    const { draft } = this;
    this.draft = null;
    if (draft) this.events.onDrawn(draft);
  }

  /** With a tool: arrows move a cursor, Enter sets a point. True if the key meant something. */
  key(name: string, viewport: SliceViewport): boolean {
    if (!this.tool || viewport.shown < 0) return false;
    const isMoved = this.cursor.move(name, viewport);
    if (!isMoved && name !== 'Enter') return false;
    const place = this.cursor.placeIn(viewport);
    this.cursor.set(viewport, place);
    const point = viewport.pointAt(place.x, place.y);
    if (!point) return true;
    if (isMoved) this.move(viewport, point);
    else this.add(viewport, point);
    viewport.redraw();
    return true;
  }

  /** A box reaches to the slice on screen. */
  extend(key: string, viewport: SliceViewport): void {
    const mark = this.marks.find((one) => one.key === key);
    const { plane, frame } = viewport;
    if (!mark) return;
    const [first, second] = mark.points;
    if (mark.kind !== 'box' || !plane || frame?.stack_id !== mark.stackId) return;
    if (!first || !second) return;
    const moved = add(second, scale(normal(plane), -distance(plane, second)));
    this.events.onDrawn({ ...mark, points: [first, moved] }, mark.key);
  }

  /** The mark that mouse or keys move just now. */
  private get changing(): Drawn | null {
    return this.moving?.mark ?? this.edited?.mark ?? null;
  }

  private marksOn({ frame, plane }: SliceViewport): Drawn[] {
    const changing = this.changing;
    const shown = this.marks.map((mark) => (mark.key === changing?.key ? changing : mark));
    return shown.filter((mark) => {
      if (mark.stackId !== frame?.stack_id) return false;
      if (mark.kind !== 'box' || !plane) return mark.stackPosition === frame.stack_position;
      const [from, to] = mark.points.map((point) => distance(plane, point)).sort((a, b) => a - b);
      return (from ?? 1) <= 0.1 && (to ?? -1) >= -0.1;
    });
  }

  draw(viewport: SliceViewport): void {
    const { plane } = viewport;
    if (viewport.shown < 0 || !plane) return;
    const group = make('g', { class: 'drawings' });
    for (const mark of this.marksOn(viewport)) this.drawMark(group, mark, viewport, plane);
    const { draft, cursor } = this;
    if (draft?.viewport === viewport) {
      const values = measure(draft.kind, draft.points, plane);
      const mark = { ...draft, key: '', label: '', values, isUnsaved: true };
      this.drawMark(group, mark, viewport, plane);
    }
    if (cursor.isIn(viewport)) {
      const { x, y } = cursor.placeIn(viewport);
      group.append(make('path', { d: `M${x - 8} ${y}h16M${x} ${y - 8}v16`, class: 'draw-cursor' }));
    }
    viewport.overlay.svg.append(group);
  }

  private drawMark(
    group: SVGElement,
    mark: Drawn,
    viewport: SliceViewport,
    plane: SlicePlane,
  ): void {
    const isMoving = mark.key !== '' && mark.key === this.changing?.key;
    const values = isMoving ? measure(mark.kind, mark.points, plane) : mark.values;
    const how = mark.key === this.selected ? ' selected' : mark.isUnsaved ? ' unsaved' : '';
    const state = mark.tone === undefined ? how : `${how} tone-${mark.tone}`;
    for (const { points, isClosed } of linesOf(mark.kind, mark.points, plane)) {
      const path = points.map((point) =>
        viewport
          .toCanvas(point)
          .map((v) => v.toFixed(1))
          .join(','),
      );
      const name = isClosed ? 'polygon' : 'polyline';
      group.append(make(name, { points: path.join(' '), class: `drawn${state}` }));
    }
    const places = mark.points.map((point) => viewport.toCanvas(point));
    const chosen = mark.key !== '' && mark.key === this.edited?.mark.key ? this.edited.at : -1;
    places.forEach(([x, y], at) => {
      group.append(make('circle', { cx: x, cy: y, r: 3.5, class: `handle${state}` }));
      if (at === chosen) group.append(make('circle', { cx: x, cy: y, r: 9, class: 'handle-ring' }));
    });
    const [first = '', ...more] = words(mark.kind, values);
    // several readers' marks lie close together: whose and how much stand on one line
    const whose = mark.tone === undefined ? [mark.label, first] : [`${mark.label} ${first}`];
    const lines = [...whose, ...more].filter(Boolean);
    const [x, y, anchor] = besideOf(places, lines, viewport.size.width);
    lines.forEach((line, at) => {
      const text = make('text', {
        x,
        y: y + 15 * at,
        class: `drawn-words${state}`,
        'text-anchor': anchor,
      });
      text.textContent = line;
      text.dataset.mark = mark.key;
      group.append(text);
    });
  }
}

const isNear = ([x, y]: readonly [number, number], place: Place): boolean =>
  Math.hypot(x - place.x, y - place.y) <= NEAR_PX;
