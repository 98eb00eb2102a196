/**
 * Levels by their rank, counted up from the sacrum: body 0 is S1, 1 the last lumbar vertebra; disc 0
 * lies on S1. So a name shifts by counting, and four or six lumbar vertebrae only change the names.
 */
import { withBodies } from './levels';
import type { Vec3 } from './plane';
import { type Column, discBetween } from './spineColumn';

export interface Placed {
  kind: 'disc' | 'vertebra';
  rank: number;
  point: Vec3;
  /** Seen in the image; otherwise placed by the usual distance. */
  isSure: boolean;
}

export interface NamedPlace extends Placed {
  level: string;
}

/** Thoracic bodies that are still named. */
const THORACIC = ['T12', 'T11'];

/** Bodies from the sacrum up: S1, L5, ... L1, T12, T11. */
export const bodyNames = (lumbarCount: number): string[] => [
  'S1',
  ...Array.from({ length: lumbarCount }, (_, at) => `L${lumbarCount - at}`),
  ...THORACIC,
];

/** "L4", "L4/L5"; empty beyond S1 and T11. */
export function levelName({ kind, rank }: Pick<Placed, 'kind' | 'rank'>, count: number): string {
  const names = bodyNames(count);
  const below = names[rank] ?? '';
  if (kind === 'vertebra') return below;
  const above = names[rank + 1] ?? '';
  return above && below ? `${above}/${below}` : '';
}

/** Bodies and discs of a column, head to foot; `rank` is that of the body that was clicked. */
export function placesOf({ field, links }: Column, rank: number): Placed[] {
  return links.flatMap((link, at): Placed[] => {
    const body: Placed = {
      kind: 'vertebra',
      rank: rank - link.step,
      point: field.toPatient(link.box),
      isSure: link.isSure,
    };
    const below = links[at + 1];
    if (!below) return [body];
    const disc: Placed = {
      kind: 'disc',
      rank: rank - below.step,
      point: field.toPatient(discBetween(link.box, below.box)),
      isSure: link.isSure && below.isSure,
    };
    return [body, disc];
  });
}

/**
 * Whether endplates are hardly told from marrow: without the signal of fat both are dark, so that
 * nothing that is found there is to be called seen.
 */
export const isFaint = ({ weighting, label }: { weighting: string; label: string }): boolean =>
  weighting === 'STIR' || label.split(' ').includes('FS');

export const unsure = (places: readonly Placed[]): Placed[] =>
  places.map((place) => ({ ...place, isSure: false }));

/** All levels so many higher (or lower): what renaming one of them means. */
export const shifted = (places: readonly Placed[], by: number): Placed[] =>
  places.map((place) => ({ ...place, rank: place.rank + by }));

/** Those that have a name. */
export const named = (places: readonly Placed[], count: number): NamedPlace[] =>
  places.flatMap((place) => {
    const level = levelName(place, count);
    return level ? [{ ...place, level }] : [];
  });

interface NamedMark {
  kind: 'disc' | 'vertebra';
  level: string;
  position_lps: readonly number[];
}

/** How many lumbar vertebrae names speak of: five unless they say otherwise. */
export function countIn(levels: readonly string[]): 4 | 5 | 6 {
  const bodies = levels.join('/').split('/');
  if (bodies.includes('L6')) return 6;
  return levels.includes('L4/S1') ? 4 : 5;
}

/** Marks that are there already, with the bodies that their discs imply; head to foot. */
export function placesOfMarks(marks: readonly NamedMark[]): Placed[] {
  const known = bodyNames(countIn(marks.map(({ level }) => level)));
  const anchors = marks.map(({ kind, level, position_lps: at }) => {
    return { kind, level, center: at as unknown as Vec3 };
  });
  return withBodies(anchors, true)
    .map(({ kind, level, center }): Placed => {
      const below = level.split('/').at(-1) ?? '';
      return { kind, rank: known.indexOf(below), point: center, isSure: true };
    })
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => b.point[2] - a.point[2]);
}
