/** The outline of a mask on one slice, as an SVG path in pixels. Pure. */

export interface Outline {
  /** Along pixel edges; centres of pixels lie at whole numbers. */
  path: string;
  /** The corner at the right of its topmost pixels. */
  top: readonly [x: number, y: number];
}

/**
 * Edges between pixels that hold the label and pixels that don't, runs joined.
 *
 * labels: one slice, row by row. Null where no pixel holds the label.
 */
export function outlineOf(
  labels: Uint8Array,
  columns: number,
  rows: number,
  label: number,
): Outline | null {
  const first = labels.indexOf(label);
  if (first < 0) return null;
  const holds = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < columns && y < rows && labels[y * columns + x] === label;
  const parts: string[] = [];
  /** Runs of edges along one line of the grid. */
  const along = (
    count: number,
    isEdge: (at: number) => boolean,
    draw: (from: number, to: number) => string,
  ) => {
    let from = -1;
    for (let at = 0; at <= count; at += 1) {
      const here = at < count && isEdge(at);
      if (here && from < 0) from = at;
      if (!here && from >= 0) {
        parts.push(draw(from - 0.5, at - 0.5));
        from = -1;
      }
    }
  };
  for (let y = 0; y <= rows; y += 1) {
    along(
      columns,
      (x) => holds(x, y - 1) !== holds(x, y),
      (from, to) => `M${from} ${y - 0.5}H${to}`,
    );
  }
  for (let x = 0; x <= columns; x += 1) {
    along(
      rows,
      (y) => holds(x - 1, y) !== holds(x, y),
      (from, to) => `M${x - 0.5} ${from}V${to}`,
    );
  }
  const row = Math.floor(first / columns);
  const right = labels.subarray(row * columns, (row + 1) * columns).lastIndexOf(label);
  return { path: parts.join(''), top: [right + 0.5, row - 0.5] };
}
