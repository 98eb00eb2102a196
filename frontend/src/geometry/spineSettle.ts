/** Each body once more, between the two that it lies between. */
import type { Box } from './spineBox';
import type { Field } from './spineField';
import { fitted, median, refined, square } from './spineFit';
import { type Link, linkOf } from './spineFollow';
import { ODD, oddness, unlike } from './spinePair';

const ROUNDS = 2;
const SD = { height: 0.12, depth: 0.1 };

/** Bodies moved, turned and sized as the image and the bodies on both sides say. */
export function settled(field: Field, links: readonly Link[]): Link[] {
  const now = [...links];
  const sure = links.filter(({ isSure }) => isSure);
  const usual = (side: 'heightMm' | 'depthMm') =>
    median((sure.length ? sure : links).map(({ box }) => box[side]));
  const [height, depth] = [usual('heightMm'), usual('depthMm')];
  for (let round = 0; round < ROUNDS; round += 1) {
    now.forEach((link, at) => {
      const [above, below] = [now[at - 1], now[at + 1]];
      const beside = [above, below].filter((one) => one !== undefined && !Number.isNaN(one.mean));
      const surprise = (box: Box, mean: number): number => {
        const odd = (above ? oddness(above.box, box) : 0) + (below ? oddness(box, below.box) : 0);
        const differ = beside.map((one) => unlike((one as Link).mean, mean, field.contrast));
        const sizes =
          square(Math.log(box.heightMm / height), SD.height) +
          square(Math.log(box.depthMm / depth), SD.depth);
        return (
          ODD * (odd / Math.max(beside.length, 1) + sizes) +
          differ.reduce((sum, one) => sum + one, 0) / Math.max(beside.length, 1)
        );
      };
      const fit = fitted(field, link.box, surprise);
      if (fit) now[at] = linkOf(refined(field, fit, surprise), link.step);
    });
  }
  return now;
}
