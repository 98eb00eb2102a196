/** From body to body, several possibilities at a time (beam search). */
import { back, type Box, down, moved } from './spineBox';
import type { Field } from './spineField';
import { ODD, oddness, unlike, USUAL } from './spinePair';
import {
  DEGREE,
  type Fit,
  fitted,
  median,
  refined,
  square,
  type Surprise,
  thinned,
} from './spineFit';

/** A body; step 0 was clicked, -1 is the next towards the head. */
export interface Link extends Fit {
  step: number;
  isSure: boolean;
}

/** Links from the clicked body away. */
export interface Path {
  links: Link[];
  total: number;
}

export type Way = 1 | -1; // towards the feet, towards the head

/** What a body is worth at least: more of them explain no more than fewer that fit. */
export const WORTH = 1.9;
/** Less than this isn't seen, it is placed as bodies follow each other. */
const SURE = 1.1;
/** What a body weighs that nothing in the image bears out. */
export const UNSEEN = -1;
/** The centre of such a body lies so far inside the slice, mm. */
const MARGIN_MM = 6;
const SD = { height: 0.07, depth: 0.12 };
/** Above the sacrum no body lies on its back. */
const LEAN = { most: 36 * DEGREE, sd: 8 * DEGREE };
const GAPS_MM = [1.5, 4, 6.5, 9, 12];
const TURNS = [-18, -12, -6, 0, 6, 12, 18].map((deg) => deg * DEGREE);
const SLIPS_MM = [-3, 0, 3];
const GROWTHS = [0.9, 1, 1.1];

export const linkOf = ({ box, weight, mean }: Fit, step: number): Link => ({
  box,
  weight,
  mean,
  step,
  isSure: weight >= SURE,
});

/** Paths in one direction as far as the slice goes, or for some steps; the best first. */
export function followed(field: Field, start: Fit, way: Way, steps: number, beam: number): Path[] {
  let paths: Path[] = [{ links: [linkOf(start, 0)], total: 0 }];
  const ended: Path[] = [];
  for (let step = 0; step < steps; step += 1) {
    const next = paths.flatMap((path) => {
      const longer = extended(field, path, way);
      if (!longer.length) ended.push(path);
      return longer;
    });
    if (!next.length) break;
    const sorted = next
      .sort((a, b) => b.total - a.total)
      .map((path) => ({ path, box: (path.links.at(-1) as Link).box }));
    paths = thinned(sorted, beam).map(({ path }) => path);
  }
  return [...paths, ...ended].sort((a, b) => b.total - a.total);
}

function extended(field: Field, path: Path, way: Way): Path[] {
  const last = path.links.at(-1) as Link;
  const surprise = ofNext(field, path, way);
  const tries: Fit[] = [];
  for (const gap of GAPS_MM) {
    for (const turn of TURNS) {
      for (const slip of SLIPS_MM) {
        for (const growth of GROWTHS) {
          const box = following(last.box, way, gap, turn, slip, growth);
          const fit = fitted(field, box, surprise);
          if (fit) tries.push(fit);
        }
      }
    }
  }
  const best = thinned(
    tries.sort((a, b) => b.weight - a.weight),
    3,
  ).map((tried) => refined(field, tried, surprise));
  if (!best.length) best.push(...unseen(field, last, way));
  return best.map((fit) => ({
    links: [...path.links, linkOf(fit, last.step + way)],
    total: path.total + fit.weight - WORTH,
  }));
}

/** Where the image shows no body at all: one at the usual distance, if the slice goes so far. */
function unseen(field: Field, last: Link, way: Way): Fit[] {
  const box = following(last.box, way, USUAL.gapMm, way * USUAL.turn, 0, 1);
  return field.holds(box, MARGIN_MM) ? [{ box, weight: UNSEEN, mean: last.mean }] : [];
}

/** The body that follows. */
function following(
  box: Box,
  way: Way,
  gap: number,
  turn: number,
  slip: number,
  growth: number,
): Box {
  const angle = box.angle + turn;
  const heightMm = box.heightMm * growth;
  const depthMm = box.depthMm * Math.sqrt(growth);
  const edge = moved(box, down(box.angle), (way * box.heightMm) / 2);
  const across = moved(edge, down(box.angle + turn / 2), way * gap);
  const center = moved(across, down(angle), (way * heightMm) / 2);
  return { ...moved(center, back(angle), slip), angle, heightMm, depthMm };
}

/** How little a body is expected there, after those that were found. */
function ofNext(field: Field, path: Path, way: Way): Surprise {
  const { box: last, mean: marrow } = path.links.at(-1) as Link;
  const usual = (side: 'heightMm' | 'depthMm') => median(path.links.map(({ box }) => box[side]));
  const shrink = way > 0 ? 1 : 0.985;
  const [height, depth] = [usual('heightMm') * shrink, usual('depthMm') * shrink];
  return (box, mean) => {
    const lies = way < 0 ? square(Math.max(Math.abs(box.angle) - LEAN.most, 0), LEAN.sd) : 0;
    const odd = lies + (way > 0 ? oddness(last, box) : oddness(box, last));
    const sizes =
      square(Math.log(box.heightMm / height), SD.height) +
      square(Math.log(box.depthMm / depth), SD.depth);
    return unlike(mean, marrow, field.contrast) + ODD * (odd + sizes);
  };
}
