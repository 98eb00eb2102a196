/**
 * Masks of one stack on its own grid: uint8, slices x rows x columns, one label value a voxel. No
 * volume is assumed: a brush acts on one slice, in millimetres of its own pixel spacing. Pure.
 */

export interface GridShape {
  slices: number;
  rows: number;
  columns: number;
  rowSpacingMm: number;
  columnSpacingMm: number;
}

/** A place on a slice in pixels, fractions allowed: x along the row, y down the column. */
export interface Pixel {
  x: number;
  y: number;
}

/** What one act has changed: voxel indices with their labels before and after. */
interface Change {
  segment: number;
  at: Uint32Array;
  before: Uint8Array;
  after: Uint8Array;
}

const MOST_UNDONE = 60;

export class Labelmap {
  readonly data: Uint8Array<ArrayBuffer>;
  private done: Change[] = [];
  private undone: Change[] = [];
  private stroke: Map<number, number> | null = null;
  private segment = 0;

  constructor(
    readonly shape: GridShape,
    data?: Uint8Array<ArrayBuffer>,
  ) {
    const size = shape.slices * shape.rows * shape.columns;
    if (data && data.length !== size) throw new Error('These masks belong to another series.');
    this.data = data ?? new Uint8Array(size);
  }

  get isEmpty(): boolean {
    return this.data.every((label) => label === 0);
  }

  /** Begin an act on a segment; all that is set until `end` is undone together. */
  begin(segment: number): void {
    this.segment = segment;
    this.stroke = new Map();
  }

  /** Finish the act; true if it has changed anything. */
  end(): boolean {
    const { stroke } = this;
    this.stroke = null;
    const changed = [...(stroke ?? [])].filter(([index, before]) => this.data[index] !== before);
    if (!changed.length) return false;
    const at = Uint32Array.from(changed, ([index]) => index);
    this.done.push({
      segment: this.segment,
      at,
      before: Uint8Array.from(changed, ([, before]) => before),
      after: Uint8Array.from(at, (index) => this.data[index] ?? 0),
    });
    if (this.done.length > MOST_UNDONE) this.done.shift();
    this.undone = this.undone.filter(({ segment }) => segment !== this.segment);
    return true;
  }

  private set(index: number, label: number): void {
    const before = this.data[index] ?? 0;
    if (before === label) return;
    if (this.stroke && !this.stroke.has(index)) this.stroke.set(index, before);
    this.data[index] = label;
  }

  /**
   * Paint a line of discs from one place to another. label 0 erases the segment of the act only.
   * isAllowed: asked for each pixel (column, row); a threshold brush says no outside its range.
   */
  paint(
    slice: number,
    from: Pixel,
    to: Pixel,
    radiusMm: number,
    label: number,
    isAllowed: (column: number, row: number) => boolean = () => true,
  ): void {
    const { rows, columns, rowSpacingMm: sy, columnSpacingMm: sx } = this.shape;
    const [rx, ry] = [radiusMm / sx, radiusMm / sy];
    const top = Math.max(0, Math.ceil(Math.min(from.y, to.y) - ry));
    const bottom = Math.min(rows - 1, Math.floor(Math.max(from.y, to.y) + ry));
    const left = Math.max(0, Math.ceil(Math.min(from.x, to.x) - rx));
    const right = Math.min(columns - 1, Math.floor(Math.max(from.x, to.x) + rx));
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        const far = toSegmentMm(column, row, from, to, sx, sy);
        if (far > radiusMm || !isAllowed(column, row)) continue;
        const index = (slice * rows + row) * columns + column;
        if (label === 0 && this.data[index] !== this.segment) continue;
        this.set(index, label);
      }
    }
  }

  /** Take back the last act on a segment; voxels that another act has changed since stay. */
  undo(segment: number): boolean {
    return this.turn(this.done, this.undone, segment, 'after', 'before');
  }

  redo(segment: number): boolean {
    return this.turn(this.undone, this.done, segment, 'before', 'after');
  }

  private turn(
    from: Change[],
    to: Change[],
    segment: number,
    now: 'before' | 'after',
    then: 'before' | 'after',
  ): boolean {
    const last = from.findLastIndex((change) => change.segment === segment);
    const [change] = last < 0 ? [] : from.splice(last, 1);
    if (!change) return false;
    change.at.forEach((index, place) => {
      if (this.data[index] === change[now][place]) this.data[index] = change[then][place] ?? 0;
    });
    to.push(change);
    return true;
  }

  /** Whether a slice holds a segment. */
  has(slice: number, segment: number): boolean {
    return this.slice(slice).includes(segment);
  }

  slice(slice: number): Uint8Array {
    const size = this.shape.rows * this.shape.columns;
    return this.data.subarray(slice * size, (slice + 1) * size);
  }

  /**
   * Fill the empty slices between drawn ones by the mean of signed distances (shape-based
   * interpolation, Raya and Udupa 1990). Voxels of other segments stay. Returns how many slices.
   */
  fillBetween(segment: number): number {
    const drawn = Array.from({ length: this.shape.slices }, (_, slice) => slice).filter((slice) =>
      this.has(slice, segment),
    );
    this.begin(segment);
    let filled = 0;
    drawn.slice(1).forEach((upper, place) => {
      const lower = drawn[place] ?? upper;
      if (upper - lower < 2) return;
      const [a, b] = [this.signedDistance(lower, segment), this.signedDistance(upper, segment)];
      for (let slice = lower + 1; slice < upper; slice += 1) {
        const share = (slice - lower) / (upper - lower);
        const start = slice * a.length;
        a.forEach((value, index) => {
          const mean = (1 - share) * value + share * (b[index] ?? 0);
          if (mean <= 0 && this.data[start + index] === 0) this.set(start + index, segment);
        });
        filled += 1;
      }
    });
    this.end();
    return filled;
  }

  /** mm to the edge of a segment on one slice, negative inside. */
  private signedDistance(slice: number, segment: number): Float64Array {
    const { rows, columns, rowSpacingMm, columnSpacingMm } = this.shape;
    const labels = this.slice(slice);
    const isIn = Array.from(labels, (label) => label === segment);
    const outside = squaredDistance(isIn, rows, columns, rowSpacingMm, columnSpacingMm);
    const inside = squaredDistance(
      isIn.map((one) => !one),
      rows,
      columns,
      rowSpacingMm,
      columnSpacingMm,
    );
    return Float64Array.from(outside, (far, at) => Math.sqrt(far) - Math.sqrt(inside[at] ?? 0));
  }
}

/** mm from a pixel to the line between two places. */
function toSegmentMm(x: number, y: number, a: Pixel, b: Pixel, sx: number, sy: number): number {
  const [px, py] = [(x - a.x) * sx, (y - a.y) * sy];
  const [dx, dy] = [(b.x - a.x) * sx, (b.y - a.y) * sy];
  const size = dx * dx + dy * dy;
  const along = size ? Math.min(Math.max((px * dx + py * dy) / size, 0), 1) : 0;
  return Math.hypot(px - along * dx, py - along * dy);
}

/** Exact squared distance to the nearest true pixel, mm² (Felzenszwalb and Huttenlocher 2012). */
export function squaredDistance(
  isTrue: readonly boolean[],
  rows: number,
  columns: number,
  rowSpacingMm: number,
  columnSpacingMm: number,
): Float64Array {
  const far = Float64Array.from(isTrue, (one) => (one ? 0 : 1e12));
  const column = new Float64Array(rows);
  for (let x = 0; x < columns; x += 1) {
    for (let y = 0; y < rows; y += 1) column[y] = far[y * columns + x] ?? 0;
    lowerEnvelope(column, rowSpacingMm).forEach((value, y) => (far[y * columns + x] = value));
  }
  for (let y = 0; y < rows; y += 1) {
    const row = far.slice(y * columns, (y + 1) * columns);
    far.set(lowerEnvelope(row, columnSpacingMm), y * columns);
  }
  return far;
}

/** Lower envelope of parabolas: min over q of f(q) + ((p - q) spacing)². */
function lowerEnvelope(f: Float64Array, spacing: number): Float64Array {
  const count = f.length;
  const result = new Float64Array(count);
  const vertex = new Int32Array(count);
  const border = new Float64Array(count + 1);
  const square = spacing * spacing;
  const at = (index: number) => f[index] ?? 0;
  let last = 0;
  border[0] = -Infinity;
  border[1] = Infinity;
  for (let q = 1; q < count; q += 1) {
    const cutWith = (v: number) =>
      (at(q) - at(v) + square * (q * q - v * v)) / (2 * square * (q - v));
    while (cutWith(vertex[last] ?? 0) <= (border[last] ?? -Infinity)) last -= 1;
    const cut = cutWith(vertex[last] ?? 0);
    last += 1;
    vertex[last] = q;
    border[last] = cut;
    border[last + 1] = Infinity;
  }
  let place = 0;
  for (let p = 0; p < count; p += 1) {
    while ((border[place + 1] ?? Infinity) < p) place += 1;
    const v = vertex[place] ?? 0;
    result[p] = at(v) + square * (p - v) * (p - v);
  }
  return result;
}
