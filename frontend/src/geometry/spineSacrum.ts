/** Where the sacrum begins, as far as the shape of the column tells: for the name that is proposed. */
import type { Column } from './spineColumn';

/** The sacrum leans back at least so far, and the body above it less; radians. */
const LEAN = (36 * Math.PI) / 180;
/** No more ranks than T11 has with five lumbar vertebrae. */
const MOST_RANK = 7;

/** Rank of the clicked body, counted up from S1; null where the sacrum isn't recognised. */
export function guessedRank({ links }: Column): number | null {
  const sacrum = links.find(({ box }, at) => {
    const before = links[at - 1];
    return before !== undefined && box.angle >= LEAN && box.angle > before.box.angle;
  });
  if (!sacrum || sacrum.step < 0 || sacrum.step > MOST_RANK) return null;
  return sacrum.step;
}
