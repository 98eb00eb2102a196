/** A few numbers of numbers. */
/** from, from + by, ... up to and with `to`. */
export const range = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.floor((to - from) / by + 1e-6) + 1 }, (_, at) => from + at * by);

/** The median; sorts what it is given. */
export const middle = (values: number[]): number => {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

/** How far a value lies from what is usual, in standard deviations, squared. */
export const square = (value: number, sd: number): number => (value / sd) ** 2;
