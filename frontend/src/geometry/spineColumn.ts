/**
 * The column of vertebral bodies, from one point inside one of them. Image analysis by rule, no
 * learned model: rectangles are fitted where the image has edges, one body after the other, several
 * possibilities at a time (beam search), held together by how bodies and discs follow each other.
 * Only differences of grey count, so it takes T1, T2 and STIR alike.
 */
import { back, type Box, down, evidence, moved, weigh } from './spineBox';
import { Field, type GreySlice, type Place } from './spineField';
import type { Vec3 } from './plane';

/** A body; step 0 was clicked, -1 is the next towards the head. */
export interface Link {
  step: number;
  box: Box;
  /** What the image says of it, see `weigh`. */
  weight: number;
  /** Grey value of its marrow. */
  mean: number;
  isSure: boolean;
}

/** Most bodies on either side: from S1 to T11 with six lumbar vertebrae, and S2. */
export const MOST_STEPS = 9;
const BEAM = 8;
/** What a body is worth at least: more of them explain no more than fewer that fit. */
const WORTH = 1.9;
/** Less than this isn't seen, it is placed as bodies follow each other. */
const SURE = 1.1;
const DEGREE = Math.PI / 180;
const GAPS_MM = [1.5, 4, 6.5, 9, 12];
const TURNS = [-18, -12, -6, 0, 6, 12, 18].map((deg) => deg * DEGREE);
const SLIPS_MM = [-3, 0, 3];
const GROWTHS = [0.9, 1, 1.1];

interface Path {
  links: Link[];
  total: number;
}

const range = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.floor((to - from) / by + 1e-6) + 1 }, (_, at) => from + at * by);

const square = (value: number, sd: number): number => (value / sd) ** 2;

interface Fit {
  box: Box;
  /** What image and expectation say together. */
  weight: number;
  mean: number;
}

/** How little a body is expected there, with such a grey value. */
type Surprise = (box: Box, mean: number) => number;

function fitted(field: Field, box: Box, surprise: Surprise): Fit | null {
  const seen = evidence(field, box);
  return seen && { box, weight: weigh(seen) - surprise(box, seen.mean), mean: seen.mean };
}

/** Of the clicked body: the click is somewhere inside, a lumbar body lies about so. */
const ofFirst: Surprise = (box) => {
  const axis = down(box.angle);
  const side = back(box.angle);
  const along = -(box.x * axis.x + box.y * axis.y);
  const across = -(box.x * side.x + box.y * side.y);
  const isOutside =
    Math.abs(along) > box.heightMm / 2 - 1 || Math.abs(across) > box.depthMm / 2 - 1;
  return (
    (isOutside ? 9 : 0) +
    0.15 *
      (square(box.heightMm - 26, 4) +
        square(box.depthMm / box.heightMm - 1.32, 0.14) +
        square(along, 8) +
        square(across, 9) +
        square(box.angle - 8 * DEGREE, 22 * DEGREE))
  );
};

/** Bodies that hold the clicked point, best first. */
function startingAt(field: Field): Fit[] {
  const found: Fit[] = [];
  for (const angle of range(-24, 60, 6).map((deg) => deg * DEGREE)) {
    for (const heightMm of range(20, 32, 3)) {
      for (const ratio of [1.15, 1.3, 1.5]) {
        for (const along of range(-10, 10, 2)) {
          for (const across of range(-12, 12, 3)) {
            const center = moved(moved({ x: 0, y: 0 }, down(angle), along), back(angle), across);
            const box = { ...center, angle, heightMm, depthMm: heightMm * ratio };
            const fit = fitted(field, box, ofFirst);
            if (fit) found.push(fit);
          }
        }
      }
    }
  }
  const best = thinned(
    found.sort((a, b) => b.weight - a.weight),
    BEAM,
  );
  return best.map((fit) => refined(field, fit, ofFirst)).sort((a, b) => b.weight - a.weight);
}

/** Those that differ; the list is sorted. */
function thinned<T extends { box: Box }>(sorted: readonly T[], most: number): T[] {
  const kept: T[] = [];
  for (const one of sorted) {
    const isNew = kept.every(
      ({ box }) =>
        Math.hypot(box.x - one.box.x, box.y - one.box.y) > 2.5 ||
        Math.abs(box.angle - one.box.angle) > 6 * DEGREE ||
        Math.abs(box.heightMm - one.box.heightMm) > 3,
    );
    if (isNew) kept.push(one);
    if (kept.length === most) break;
  }
  return kept;
}

/** A box moved, turned and sized in ever smaller steps as long as it fits better. */
function refined(field: Field, fit: Fit, surprise: Surprise): Fit {
  let best = fit;
  for (const step of [1.5, 0.75]) {
    for (let round = 0; round < 4; round += 1) {
      const before = best.weight;
      for (const box of neighbours(best.box, step)) {
        const other = fitted(field, box, surprise);
        if (other && other.weight > best.weight) best = other;
      }
      if (best.weight === before) break;
    }
  }
  return best;
}

function neighbours(box: Box, step: number): Box[] {
  const axis = down(box.angle);
  const side = back(box.angle);
  const turn = step * 2 * DEGREE;
  const half = step / 2;
  return [1, -1].flatMap((sign) => [
    { ...box, ...moved(box, axis, sign * step) },
    { ...box, ...moved(box, side, sign * step) },
    { ...box, angle: box.angle + sign * turn },
    { ...box, ...moved(box, axis, sign * half), heightMm: box.heightMm + step },
    { ...box, ...moved(box, axis, sign * half), heightMm: box.heightMm - step },
    { ...box, ...moved(box, side, sign * half), depthMm: box.depthMm + step },
    { ...box, ...moved(box, side, sign * half), depthMm: box.depthMm - step },
  ]);
}

/** The body that follows, towards the feet (1) or the head (-1). */
function following(
  box: Box,
  toFeet: 1 | -1,
  gap: number,
  turn: number,
  slip: number,
  growth: number,
): Box {
  const angle = box.angle + turn;
  const heightMm = box.heightMm * growth;
  const depthMm = box.depthMm * Math.sqrt(growth);
  const edge = moved(box, down(box.angle), (toFeet * box.heightMm) / 2);
  const across = moved(edge, down(box.angle + turn / 2), toFeet * gap);
  const center = moved(across, down(angle), (toFeet * heightMm) / 2);
  return { ...moved(center, back(angle), slip), angle, heightMm, depthMm };
}

/** How bodies follow each other; towards the feet the column curves back. */
function ofNext(field: Field, path: Path, toFeet: 1 | -1): Surprise {
  const { box: last, step, mean: marrow } = path.links.at(-1) as Link;
  const first = (path.links[0] as Link).box;
  const height = toFeet > 0 ? first.heightMm : first.heightMm * 0.985 ** Math.abs(step - 1);
  const depth = toFeet > 0 ? first.depthMm : first.depthMm * 0.97 ** Math.abs(step - 1);
  return (box, mean) => {
    const [upper, lower] = toFeet > 0 ? [last, box] : [box, last];
    const from = moved(upper, down(upper.angle), upper.heightMm / 2);
    const to = moved(lower, down(lower.angle), -lower.heightMm / 2);
    const middle = (upper.angle + lower.angle) / 2;
    const [axis, side] = [down(middle), back(middle)];
    const gap = (to.x - from.x) * axis.x + (to.y - from.y) * axis.y;
    const slip = (to.x - from.x) * side.x + (to.y - from.y) * side.y;
    const unlike = Math.min(Math.abs(mean - marrow) / field.contrast, 1.2);
    return (
      1.5 * unlike +
      0.15 *
        (square(box.angle - last.angle - toFeet * 5 * DEGREE, 8 * DEGREE) +
          square(gap - 7.5, 3.5) +
          square(slip, 2.5) +
          square(Math.log(box.heightMm / height), 0.1) +
          square(Math.log(box.depthMm / depth), 0.12))
    );
  };
}

function extended(field: Field, path: Path, toFeet: 1 | -1): Path[] {
  const last = path.links.at(-1) as Link;
  const surprise = ofNext(field, path, toFeet);
  const tries: Fit[] = [];
  for (const gap of GAPS_MM) {
    for (const turn of TURNS) {
      for (const slip of SLIPS_MM) {
        for (const growth of GROWTHS) {
          const box = following(last.box, toFeet, gap, turn, slip, growth);
          const fit = fitted(field, box, surprise);
          if (fit) tries.push(fit);
        }
      }
    }
  }
  return thinned(
    tries.sort((a, b) => b.weight - a.weight),
    3,
  ).map((tried) => {
    const fit = refined(field, tried, surprise);
    const link = { ...fit, step: last.step + toFeet, isSure: fit.weight >= SURE };
    return { links: [...path.links, link], total: path.total + fit.weight - WORTH };
  });
}

/** Paths in one direction as far as the slice goes, the best first. */
function followed(field: Field, starts: readonly Path[], toFeet: 1 | -1): Path[] {
  let paths = [...starts];
  const ended: Path[] = [];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const next = paths.flatMap((path) => {
      const longer = extended(field, path, toFeet);
      if (!longer.length) ended.push(path);
      return longer;
    });
    if (!next.length) break;
    const sorted = next
      .sort((a, b) => b.total - a.total)
      .map((path) => ({ path, box: (path.links.at(-1) as Link).box }));
    paths = thinned(sorted, BEAM).map(({ path }) => path);
  }
  return [...paths, ...ended].sort((a, b) => b.total - a.total);
}

export interface Column {
  field: Field;
  /** From head to feet, without a break. */
  links: Link[];
}

/** Find the bodies around a point; null where the slice isn't sagittal or no body is there. */
export function findColumn(slice: GreySlice, point: Vec3): Column | null {
  const field = Field.around(slice, point);
  if (!field) return null;
  const starts = startingAt(field).map((fit): Path => {
    return { links: [{ ...fit, step: 0, isSure: fit.weight >= SURE }], total: fit.weight };
  });
  const [best] = followed(field, starts, 1);
  const first = best?.links[0];
  if (!best || !first) return null;
  const [up] = followed(field, [{ links: [first], total: 0 }], -1);
  const above = (up?.links.slice(1) ?? []).reverse();
  return { field, links: deepened(field, [...above, ...best.links]) };
}

/**
 * The front wall is the weakest edge (on T1 it lies between fat and fat), so that single bodies are
 * found too shallow: all get the share of depth to height that their front walls agree on best.
 */
function deepened(field: Field, links: readonly Link[]): Link[] {
  const reach = (box: Box, ratio: number): Box => {
    const depthMm = box.heightMm * ratio;
    return { ...box, ...moved(box, back(box.angle), (box.depthMm - depthMm) / 2), depthMm };
  };
  const sure = links.filter(({ isSure, step }) => isSure && step < 3).map(({ box }) => box);
  let best = { ratio: 0, value: -Infinity };
  for (const ratio of range(1.05, 1.75, 0.035)) {
    const walls = sure.map((box) => evidence(field, reach(box, ratio))?.front ?? 0);
    const mean = walls.reduce((sum, wall) => sum + wall, 0) / Math.max(walls.length, 1);
    const value = mean - 0.08 * square(ratio - 1.36, 0.14);
    if (value > best.value) best = { ratio, value };
  }
  return links.map((link) => ({ ...link, box: reach(link.box, best.ratio) }));
}

/** The middle of the disc between two bodies: midway between the endplates that face each other. */
export function discBetween(above: Box, below: Box): Place {
  const upper = moved(above, down(above.angle), above.heightMm / 2);
  const lower = moved(below, down(below.angle), -below.heightMm / 2);
  return { x: (upper.x + lower.x) / 2, y: (upper.y + lower.y) / 2 };
}
