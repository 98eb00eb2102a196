/** Where the sacrum begins, as far as the shape of the column tells: for the name that is proposed. */
import { type Box, down, moved } from './spineBox';
import type { Column } from './spineColumn';

const DEGREE = Math.PI / 180;
/** S1 leans back so far, radians. */
const LEAN = { least: 26 * DEGREE, most: 64 * DEGREE };
/** What it counts, in degrees, that a body is seen less well than the one above: S2 is small. */
const FADING = 6;
/** What a mm counts, in degrees, that the disc below is lower than the one above: S1/S2 is a rest. */
const LOWER = 2;
/** T11 is so many bodies above S1 where there are five lumbar vertebrae. */
const MOST_RANK = 7;

/** Rank of the clicked body, counted up from S1; null where the sacrum isn't recognised. */
export function guessedRank({ links }: Column): number | null {
  let best = { step: -1, score: 0 };
  links.forEach(({ box, weight, step }, at) => {
    const [above, below] = [links[at - 1], links[at + 1]];
    if (!above || !below || box.angle < LEAN.least || box.angle > LEAN.most) return;
    const bend = (box.angle - above.box.angle - (below.box.angle - box.angle)) / DEGREE;
    const lower = between(above.box, box) - between(box, below.box);
    const score = bend + FADING * (weight - below.weight) + LOWER * lower;
    if (score > best.score) best = { step, score };
  });
  return best.step < 0 || best.step > MOST_RANK ? null : best.step;
}

/** How far the endplates of two bodies lie apart, mm. */
function between(above: Box, below: Box): number {
  const from = moved(above, down(above.angle), above.heightMm / 2);
  const to = moved(below, down(below.angle), -below.heightMm / 2);
  const axis = down((above.angle + below.angle) / 2);
  return (to.x - from.x) * axis.x + (to.y - from.y) * axis.y;
}
