/** A grey picture with heat over it, as pixels. Pure. */

/** One byte a pixel, row by row. */
export interface Grey {
  rows: number;
  columns: number;
  values: Uint8Array;
}

export const decoded = (sent: { rows: number; columns: number; values: string }): Grey => ({
  ...sent,
  values: Uint8Array.from(atob(sent.values), (one) => one.charCodeAt(0)),
});

/** Of the hottest place; less hot ones let more of the picture through. */
const OPACITY = 0.6;

/** From OKLab (Ottosson 2020) to sRGB, each 0 to 255. */
function srgb(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const encoded = (linear: number) => {
    const held = Math.min(Math.max(linear, 0), 1);
    const value = held <= 0.0031308 ? 12.92 * held : 1.055 * held ** (1 / 2.4) - 0.055;
    return Math.round(255 * value);
  };
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Colour of a heat from 0 to 1: evenly lighter, from dark red over orange to pale yellow. */
export function heatColor(heat: number): [number, number, number] {
  const hue = ((25 + 80 * heat) * Math.PI) / 180;
  const chroma = 0.17 - 0.03 * heat;
  return srgb(0.42 + 0.5 * heat, chroma * Math.cos(hue), chroma * Math.sin(hue));
}

const COLORS = Array.from({ length: 256 }, (_, at) => heatColor(at / 255));

/** Value at a place from 0 to 1 down and across; linear between pixels, the border goes on. */
export function valueAt({ rows, columns, values }: Grey, down: number, across: number): number {
  const place = (share: number, count: number): [number, number, number] => {
    const at = Math.min(Math.max(share * count - 0.5, 0), count - 1);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, count - 1), at - low];
  };
  const [top, bottom, below] = place(down, rows);
  const [left, right, beside] = place(across, columns);
  const value = (row: number, column: number) => values[row * columns + column] ?? 0;
  const upper = value(top, left) * (1 - beside) + value(top, right) * beside;
  const lower = value(bottom, left) * (1 - beside) + value(bottom, right) * beside;
  return upper * (1 - below) + lower * below;
}

/** RGBA of `size` x `size` pixels; without heat the picture alone. */
export function blended(
  picture: Grey,
  heat: Grey | null,
  size: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(size * size * 4);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const [down, across] = [(row + 0.5) / size, (column + 0.5) / size];
      const grey = valueAt(picture, down, across);
      const hot = heat ? valueAt(heat, down, across) : 0;
      const color = COLORS[Math.round(hot)] as [number, number, number];
      const share = (OPACITY * hot) / 255;
      const at = 4 * (row * size + column);
      for (let part = 0; part < 3; part += 1) {
        pixels[at + part] = grey * (1 - share) + (color[part] as number) * share;
      }
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}
