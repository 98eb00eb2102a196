/**
 * Front and back walls of all bodies together. Single walls are weak edges (on T1 the front wall lies
 * between fat and fat, a vein pierces the back one), and a wall that is missed moves a disc by some
 * mm; but walls of neighbours lie in line and bodies are about as deep as each other. So the walls
 * are chosen that the image and the neighbours bear out best: dynamic programming along the column.
 */
import { back, type Box, down, moved } from './spineBox';
import type { Field } from './spineField';
import { apart, ODD } from './spinePair';
import { median, range, square } from './spineFit';
import type { Link } from './spineFollow';

/** Back walls are looked for so far from where they were seen, and depths between, mm. */
const REARS_MM = range(-8, 8, 1);
const DEPTHS_MM = range(26, 44, 1);
/** Places that are sampled, mm from the centre of a body towards the back. */
const PROFILE_MM = { from: -56, to: 44 };
/** Of a wall, along the height of a body. */
const SHARES = [-0.66, -0.33, 0, 0.33, 0.66];
/** Depth of a body for its height, and how sure that is. */
const USUAL = { ratio: 1.4, sd: 0.12 };
/** Towards the head bodies become less deep by this factor. */
const SHRINK = 0.97;
/** So far the wall may step back from one body to the next, mm, and depths differ. */
const STEP_MM = 1.5;
const DEPTH_SD = 0.06;
/** No disagreement counts more than this: a body may have slipped, or be hurt. */
const MOST = 9;
/** A wall of more than this says no more, contrasts. */
const ENOUGH = 0.9;
/** What a wall counts, that the inside isn't like marrow, and all of a body seen badly. */
const WALL = 1.2;
const UNLIKE = 4;
const UNSURE = 0.5;

interface Choice {
  rear: number;
  depth: number;
  seen: number;
}

/** The bodies with the walls that go together best. */
export function walled(field: Field, links: readonly Link[]): Link[] {
  if (!links.length) return [];
  const height = median(links.filter(({ isSure }) => isSure).map(({ box }) => box.heightMm));
  const choices = links.map((link) => choicesOf(field, link, height || link.box.heightMm));
  const chosen = inLine(links, choices);
  return links.map((link, at) => {
    const { rear, depth } = chosen[at] as Choice;
    const box = { ...link.box, ...moved(link.box, back(link.box.angle), rear - depth / 2) };
    return { ...link, box: { ...box, depthMm: depth } };
  });
}

/** What the image says of each pair of walls. */
function choicesOf(field: Field, { box, isSure, step }: Link, height: number): Choice[] {
  const usual = height * USUAL.ratio * SHRINK ** Math.max(-step, 0);
  const trust = isSure ? 1 : UNSURE;
  const wall = profileOf(field, box);
  const edge = (mm: number, out: 1 | -1): number => {
    const inside = wall(mm - out * 2);
    const change = Math.max(...[0, 1, 2].map((far) => Math.abs(wall(mm + out * far) - inside)));
    return Number.isNaN(change) ? 0 : Math.min(change / field.contrast, ENOUGH);
  };
  const marrow = median(range(-8, 8, 1).map(wall));
  const unlike = (from: number, to: number): number => {
    const cells = range(from + 2, to - 2, 1).map((mm) => Math.abs(wall(mm) - marrow));
    const sum = cells.reduce(
      (all, one) => all + (Number.isNaN(one) ? field.contrast : Math.min(one, field.contrast)),
      0,
    );
    return sum / cells.length / field.contrast;
  };
  return REARS_MM.flatMap((shift) => {
    const rear = Math.round(box.depthMm / 2 + shift);
    const behind = WALL * edge(rear, 1);
    return DEPTHS_MM.map((depth) => {
      const front = WALL * edge(rear - depth, -1);
      const inside = UNLIKE * unlike(rear - depth, rear);
      const odd = ODD * square(Math.log(depth / usual), USUAL.sd);
      return { rear, depth, seen: trust * (behind + front - inside) - odd };
    });
  });
}

/** Mean grey along the height of a body, at so many whole mm towards the back. */
function profileOf(field: Field, box: Box): (mm: number) => number {
  const [axis, side] = [down(box.angle), back(box.angle)];
  const grey = range(PROFILE_MM.from, PROFILE_MM.to, 1).map((mm) => {
    const at = moved(box, side, mm);
    const values = SHARES.map((share) => {
      const { x, y } = moved(at, axis, (share * box.heightMm) / 2);
      return field.at(x, y);
    });
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  return (mm) => grey[Math.round(mm) - PROFILE_MM.from] ?? NaN;
}

/** Of each body's choices the one on the best way through all. */
function inLine(links: readonly Link[], choices: readonly Choice[][]): Choice[] {
  let scores = (choices[0] as Choice[]).map(({ seen }) => seen);
  const from: number[][] = [];
  for (let at = 1; at < links.length; at += 1) {
    const offset = apart((links[at - 1] as Link).box, (links[at] as Link).box).slip;
    const before = choices[at - 1] as Choice[];
    const origin: number[] = [];
    const next = (choices[at] as Choice[]).map((here) => {
      let [best, which] = [-Infinity, 0];
      for (let one = 0; one < before.length; one += 1) {
        if ((scores[one] as number) <= best) continue; // can't become the best
        const there = before[one] as Choice;
        const slip = offset + here.rear - there.rear;
        const total =
          (scores[one] as number) -
          ODD *
            (Math.min(square(slip, STEP_MM), MOST) +
              Math.min(square(here.depth / there.depth - 1, DEPTH_SD), MOST));
        if (total > best) [best, which] = [total, one];
      }
      origin.push(which);
      return best + here.seen;
    });
    from.push(origin);
    scores = next;
  }
  let which = scores.indexOf(Math.max(...scores));
  const chosen = [];
  for (let at = links.length - 1; at >= 0; at -= 1) {
    chosen.unshift((choices[at] as Choice[])[which] as Choice);
    which = from[at - 1]?.[which] ?? 0;
  }
  return chosen;
}
