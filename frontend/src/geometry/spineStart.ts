/** The ways to see the body that was clicked. */
import { back, down, moved } from './spineBox';
import type { Field } from './spineField';
import {
  DEGREE,
  type Fit,
  fitted,
  range,
  refined,
  square,
  type Surprise,
  thinned,
} from './spineFit';

const STARTS = 8;

/** The click is somewhere inside, a lumbar body lies about so. */
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
        square(box.angle - 4 * DEGREE, 22 * DEGREE))
  );
};

/** Bodies that hold the clicked point, best first. */
export function startingAt(field: Field): Fit[] {
  const found: Fit[] = [];
  for (const angle of range(-38, 60, 7).map((deg) => deg * DEGREE)) {
    for (const heightMm of range(20, 32, 3)) {
      for (const ratio of [1.15, 1.3, 1.5]) {
        for (const along of range(-10, 10, 2.5)) {
          for (const across of range(-12, 12, 4)) {
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
    STARTS,
  );
  return best.map((fit) => refined(field, fit, ofFirst)).sort((a, b) => b.weight - a.weight);
}
