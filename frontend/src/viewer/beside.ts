/** Where the words of a mark stand. */
const BESIDE_PX = 10;
const LETTER_PX = 7;

type Pixels = readonly [x: number, y: number];

/** At the right of a mark, or at its left where they would leave the image: x, y, anchor. */
export function besideOf(places: readonly Pixels[], lines: readonly string[], width: number) {
  const [first = [0, 0]] = places;
  const right = places.reduce((a, b) => (b[0] > a[0] ? b : a), first);
  const left = places.reduce((a, b) => (b[0] < a[0] ? b : a), first);
  const long = Math.max(0, ...lines.map((line) => line.length)) * LETTER_PX;
  const fits = right[0] + BESIDE_PX + long < width || left[0] < BESIDE_PX + long;
  const [x, y] = fits ? [right[0] + BESIDE_PX, right[1]] : [left[0] - BESIDE_PX, left[1]];
  return [x, y + 4, fits ? 'start' : 'end'] as const;
}
