/** The surroundings of a point of a sagittal slice, turned so that the head is up and the back right. */
import { add, dot, length, scale, type SlicePlane, sub, type Vec3, within } from './plane';

/** A slice with its stored values; the first component counts where there are several. */
export interface GreySlice {
  plane: SlicePlane;
  columns: number;
  rows: number;
  pixels: ArrayLike<number>;
  components?: number;
}

/** mm from the point that was clicked: x towards the back of the patient, y towards the feet. */
export interface Place {
  x: number;
  y: number;
}

/** Of the grid that is filled from the slice, and how often it is looked up between, mm. */
const STEP_MM = 1;
const FINE = 2;
/** Farther away than this nothing lumbar can lie, mm. */
const REACH = { front: 120, back: 150, head: 330, feet: 330 };
/** Of the Gauss that takes the noise, mm. */
const BLUR_MM = 0.9;
/** Where the contrast of spine and surroundings is measured, mm around the click. */
const NEAR = { x: 32, y: 55 };

export class Field {
  /** How much grey values differ around the click: what edges are measured by. */
  readonly contrast: number;

  private constructor(
    private readonly values: Float32Array,
    private readonly wide: number,
    private readonly high: number,
    private readonly left: number,
    private readonly top: number,
    private readonly origin: Vec3,
    private readonly back: Vec3,
    private readonly feet: Vec3,
  ) {
    this.contrast = this.measureContrast();
  }

  /** Null where the slice isn't sagittal enough to say where head and back are. */
  static around(slice: GreySlice, point: Vec3): Field | null {
    const { plane } = slice;
    const feet = inPlane(plane, [0, 0, -1]);
    const back = inPlane(plane, [0, 1, 0]);
    if (!feet || !back || Math.abs(dot(feet, back)) > 0.2) return null;
    const upright = unit(sub(back, scale(feet, dot(feet, back))));
    const on = within(plane, point);
    const origin = add(plane.position, add(scale(plane.row, on.x), scale(plane.column, on.y)));
    const corners = cornersOf(plane).map((corner) => {
      const away = sub(corner, origin);
      return { x: dot(away, upright), y: dot(away, feet) };
    });
    const xs = corners.map(({ x }) => x);
    const ys = corners.map(({ y }) => y);
    const left = Math.floor(Math.max(Math.min(...xs), -REACH.front));
    const top = Math.floor(Math.max(Math.min(...ys), -REACH.head));
    const wide = Math.ceil(Math.min(Math.max(...xs), REACH.back)) - left + 1;
    const high = Math.ceil(Math.min(Math.max(...ys), REACH.feet)) - top + 1;
    if (wide < 20 || high < 20) return null;
    const values = new Float32Array(wide * high);
    for (let row = 0; row < high; row += 1) {
      for (let column = 0; column < wide; column += 1) {
        const away = add(scale(upright, left + column * STEP_MM), scale(feet, top + row * STEP_MM));
        values[row * wide + column] = valueAt(slice, add(origin, away));
      }
    }
    const smooth = blurred(values, wide, high, BLUR_MM / STEP_MM);
    const fine = finer(smooth, wide, high);
    const [w, h] = [(wide - 1) * FINE + 1, (high - 1) * FINE + 1];
    return new Field(fine, w, h, left, top, origin, upright, feet);
  }

  /** The point of the patient, LPS mm. */
  toPatient({ x, y }: Place): Vec3 {
    return add(this.origin, add(scale(this.back, x), scale(this.feet, y)));
  }

  /** Grey value at the nearest place that is known, 0.25 mm away at most; NaN beyond the slice. */
  at(x: number, y: number): number {
    const column = Math.round((x - this.left) * (FINE / STEP_MM));
    const row = Math.round((y - this.top) * (FINE / STEP_MM));
    if (column < 0 || row < 0 || column >= this.wide || row >= this.high) return NaN;
    return this.values[row * this.wide + column] as number;
  }

  /** Whether a place lies in the slice, so far from its edge, mm. */
  holds({ x, y }: Place, margin: number): boolean {
    const isIn = (dx: number, dy: number) => !Number.isNaN(this.at(x + dx, y + dy));
    return isIn(-margin, 0) && isIn(margin, 0) && isIn(0, -margin) && isIn(0, margin);
  }

  private measureContrast(): number {
    const found: number[] = [];
    for (let y = -NEAR.y; y <= NEAR.y; y += 2) {
      for (let x = -NEAR.x; x <= NEAR.x; x += 2) {
        const value = this.at(x, y);
        if (!Number.isNaN(value)) found.push(value);
      }
    }
    found.sort((a, b) => a - b);
    const share = (q: number) => found[Math.floor(q * (found.length - 1))] ?? 0;
    return Math.max((share(0.85) - share(0.15)) / 2, 1e-6);
  }
}

const unit = (a: Vec3): Vec3 => scale(a, 1 / length(a));

/** A direction of the patient, dropped onto the plane; null where it stands on it. */
function inPlane({ row, column }: SlicePlane, direction: Vec3): Vec3 | null {
  const on = add(scale(row, dot(row, direction)), scale(column, dot(column, direction)));
  return length(on) > 0.6 ? unit(on) : null;
}

const cornersOf = ({ position, row, column, widthMm, heightMm }: SlicePlane): Vec3[] => {
  const across = scale(row, widthMm);
  const down = scale(column, heightMm);
  return [position, add(position, across), add(position, down), add(position, add(across, down))];
};

function valueAt({ plane, columns, rows, pixels, components = 1 }: GreySlice, point: Vec3): number {
  const { x, y } = within(plane, point);
  const column = (x / plane.widthMm) * (columns - 1);
  const row = (y / plane.heightMm) * (rows - 1);
  const c = Math.min(Math.floor(column), columns - 2);
  const r = Math.min(Math.floor(row), rows - 2);
  if (!(column >= 0 && row >= 0 && column <= columns - 1 && row <= rows - 1)) return NaN;
  const value = (dr: number, dc: number) =>
    pixels[((r + dr) * columns + c + dc) * components] as number;
  const [fx, fy] = [column - c, row - r];
  return (
    (value(0, 0) * (1 - fx) + value(0, 1) * fx) * (1 - fy) +
    (value(1, 0) * (1 - fx) + value(1, 1) * fx) * fy
  );
}

/** Separable Gauss; places beyond the slice stay NaN and count for nothing. */
function blurred(values: Float32Array, wide: number, high: number, sigma: number): Float32Array {
  const reach = Math.ceil(2.5 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * sigma * sigma)),
  );
  const along = (from: Float32Array, dx: number, dy: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let row = 0; row < high; row += 1) {
      for (let column = 0; column < wide; column += 1) {
        let sum = 0;
        let weight = 0;
        for (let k = -reach; k <= reach; k += 1) {
          const c = column + k * dx;
          const r = row + k * dy;
          if (c < 0 || r < 0 || c >= wide || r >= high) continue;
          const value = from[r * wide + c] as number;
          if (Number.isNaN(value)) continue;
          sum += value * (weights[k + reach] as number);
          weight += weights[k + reach] as number;
        }
        const at = row * wide + column;
        to[at] = Number.isNaN(from[at] as number) ? NaN : sum / weight;
      }
    }
    return to;
  };
  return along(along(values, 1, 0), 0, 1);
}

/** Twice as fine, linear between. */
function finer(values: Float32Array, wide: number, high: number): Float32Array {
  const w = (wide - 1) * FINE + 1;
  const h = (high - 1) * FINE + 1;
  const made = new Float32Array(w * h);
  for (let row = 0; row < h; row += 1) {
    const r = Math.floor(row / FINE);
    const below = row % FINE ? r + 1 : r;
    for (let column = 0; column < w; column += 1) {
      const c = Math.floor(column / FINE);
      const beside = column % FINE ? c + 1 : c;
      const sum =
        (values[r * wide + c] as number) +
        (values[r * wide + beside] as number) +
        (values[below * wide + c] as number) +
        (values[below * wide + beside] as number);
      made[row * w + column] = sum / 4;
    }
  }
  return made;
}
