/**
 * Finds the column of bodies for slices and clicks given as a file, for measuring against a truth:
 *   node oneClick.mjs request.json > found.json
 */
import { readFileSync } from 'node:fs';

import { named, placesOf } from '../../src/geometry/levelNames';
import type { Vec3 } from '../../src/geometry/plane';
import { findColumn } from '../../src/geometry/spineColumn';
import { guessedRank } from '../../src/geometry/spineSacrum';

interface Click {
  /** File of float32 pixels, row by row. */
  pixels: string;
  rows: number;
  columns: number;
  spacing_mm: number;
  position_lps: Vec3;
  orientation_lps: readonly number[];
  point_lps: Vec3;
  rank: number;
}

function found(click: Click): unknown {
  const bytes = readFileSync(click.pixels);
  const pixels = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const { rows, columns, spacing_mm: mm, orientation_lps: cosines } = click;
  const plane = {
    position: click.position_lps,
    row: cosines.slice(0, 3) as unknown as Vec3,
    column: cosines.slice(3) as unknown as Vec3,
    widthMm: (columns - 1) * mm,
    heightMm: (rows - 1) * mm,
  };
  const column = findColumn({ plane, rows, columns, pixels }, click.point_lps);
  if (!column) return { marks: [], guessed_rank: null };
  return { marks: named(placesOf(column, click.rank), 5), guessed_rank: guessedRank(column) };
}

const request = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as Click[];
process.stdout.write(JSON.stringify(request.map(found)));
