/** Where discs and vertebral bodies are, from those that are marked. Pure. */
import { add, distance, length, scale, type SlicePlane, sub, type Vec3 } from './plane';

export interface Anchor {
  kind: 'disc' | 'vertebra';
  level: string;
  center: Vec3;
}

/** Half of how high a disc and a body are on average, mm. */
const HALF = { disc: 6, vertebra: 13 };
/** Farther from a plane nothing is named. */
const FAR_MM = 18;

const bodiesOf = (disc: string): [string, string] => {
  const [above = '', below = ''] = disc.split('/');
  return [above, below];
};

/** From head to foot. */
export const fromHead = <A extends Anchor>(anchors: readonly A[]): A[] =>
  [...anchors].sort((a, b) => b.center[2] - a.center[2]);

/**
 * The bodies between neighbouring discs: midway along the curve of the spine, which lies in front
 * of the straight line between the discs where the spine is lordotic, and behind it in kyphosis.
 */
export function bodiesBetween<A extends Anchor>(discs: readonly A[]): A[] {
  const sorted = fromHead(discs);
  return sorted.slice(1).flatMap((below, index) => {
    const above = sorted[index] as A;
    const [, name] = bodiesOf(above.level);
    if (!name || name !== bodiesOf(below.level)[0]) return [];
    const sum = add(above.center, below.center);
    const [before, after] = [sorted[index - 1], sorted[index + 2]];
    const center =
      before && after
        ? scale(sub(scale(sum, 9), add(before.center, after.center)), 1 / 16)
        : scale(sum, 1 / 2);
    return [{ ...above, kind: 'vertebra' as const, level: name, center }];
  });
}

/** The bodies above the first and below the last disc, half a distance of discs away. */
export function bodiesAtEnds<A extends Anchor>(discs: readonly A[]): A[] {
  const sorted = fromHead(discs);
  const end = (disc: A | undefined, next: A | undefined, side: 0 | 1): A[] => {
    const level = disc && bodiesOf(disc.level)[side];
    if (!disc || !next || !level) return [];
    const center = add(disc.center, scale(sub(disc.center, next.center), 1 / 2));
    return [{ ...disc, kind: 'vertebra', level, center }];
  };
  return [...end(sorted[0], sorted[1], 0), ...end(sorted.at(-1), sorted.at(-2), 1)];
}

/** Marked bodies; those that aren't, from the discs. */
export function withBodies<A extends Anchor>(marks: readonly A[], ends: boolean): A[] {
  const discs = marks.filter(({ kind }) => kind === 'disc');
  const known = new Set(marks.filter(({ kind }) => kind === 'vertebra').map(({ level }) => level));
  const found = [...bodiesBetween(discs), ...(ends ? bodiesAtEnds(discs) : [])];
  return [...marks, ...found.filter(({ level }) => !known.has(level))];
}

/** Centre of a disc or a vertebra; that of a body that isn't marked from the discs. */
export function centerOf(marks: readonly Anchor[], level: string): Vec3 | null {
  return withBodies(marks, true).find((one) => one.level === level)?.center ?? null;
}

/** The anchor that a plane is at, in relation to how high discs and bodies are; null: none. */
export function anchorAt<A extends Anchor>(plane: SlicePlane, anchors: readonly A[]): A | null {
  let best: A | null = null;
  let least = Infinity;
  for (const anchor of anchors) {
    const mm = Math.abs(distance(plane, anchor.center));
    const share = mm / HALF[anchor.kind];
    if (mm > FAR_MM || share >= least) continue;
    least = share;
    best = anchor;
  }
  return best;
}

/** The disc nearest to a point; null where none is known. */
export function nearestDisc<A extends Anchor>(point: Vec3, anchors: readonly A[]): A | null {
  const away = ({ center }: A) => length(sub(center, point));
  return (
    anchors
      .filter(({ kind }) => kind === 'disc')
      .sort((a, b) => away(a) - away(b))
      .at(0) ?? null
  );
}
