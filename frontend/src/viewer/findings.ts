/** AI's findings in boxes: where slices cut them, and what stands beside them. */
import type { Detection, Reading } from '../api/types';
import { type Box, onSlice, sectionOf } from '../geometry/box';
import type { Vec3 } from '../geometry/plane';
import type { FindingBox } from './overlay';
import { frameOf } from './slices';
import type { SliceViewport } from './viewport';

export interface Finding {
  id: number;
  words: string;
  /** "87 %": a probability; "0.87": a score that isn't one. */
  score: string;
  box: Box;
  level: string;
  /** Its words stand in front of it, or behind it where it lies in the canal. */
  isBehind: boolean;
  /** Whose positions it goes by (`frameOf` a series). */
  frame: string;
}

/** What the reader has chosen and said. */
export interface FindingState {
  selected: number | null;
  verdicts: ReadonlyMap<number, string>;
}

export const scoreWords = ({ score, is_calibrated }: Detection): string =>
  is_calibrated ? `${Math.round(score * 100)} %` : score.toFixed(2);

/** "Pfirrmann ≥ 4" */
export function findingWords(one: Detection, items: Reading['items']): string {
  const item = items.find(({ code }) => code === one.item);
  const [top] = [...(item?.scale.scores ?? [])].sort((a, b) => b - a);
  const bound = one.at_least === top ? `${one.at_least}` : `≥ ${one.at_least}`;
  return [item?.short_name ?? one.item, bound, one.side].filter(Boolean).join(' ');
}

/** So far behind the centre of its disc a box lies in the canal or beyond, mm. */
const DORSAL_MM = 12;

function isDorsal({ disc_level: at, center_lps }: Detection, marks: Reading['level_marks']) {
  const disc = marks.find(({ kind, level }) => kind === 'disc' && level === at);
  return (center_lps[1] ?? 0) - (disc?.position_lps[1] ?? Infinity) > DORSAL_MM;
}

export function findingsOf({ prediction, items, series, level_marks: marks }: Reading): Finding[] {
  return (prediction?.detections ?? []).map((one) => {
    const home = series.find(({ stack_ids }) => stack_ids.includes(one.stack_id));
    return {
      id: one.id,
      words: findingWords(one, items),
      score: scoreWords(one),
      level: one.disc_level,
      isBehind: isDorsal(one, marks),
      box: {
        center: one.center_lps as unknown as Vec3,
        axes: one.axes_lps as unknown as Box['axes'],
        sizeMm: one.size_mm as unknown as Vec3,
      },
      frame: home ? frameOf(home) : one.frame_of_reference_uid,
    };
  });
}

/**
 * The boxes that a slice cuts; none in another frame of reference. The chosen one on top. Scores
 * stand at the level that is read only, so that the other discs are seen as they are.
 */
export function boxesOn(
  { series, plane }: Pick<SliceViewport, 'series' | 'plane'>,
  findings: readonly Finding[],
  { selected, verdicts }: FindingState,
  activeLevel = '',
): FindingBox[] {
  if (!series || !plane) return [];
  return findings
    .filter(({ frame }) => frame !== '' && frame === frameOf(series))
    .flatMap(({ id, box, words, score, level, isBehind }) => {
      const points = onSlice(sectionOf(box, plane), plane);
      if (points.length < 3) return [];
      const isSelected = id === selected;
      const verdict = verdicts.get(id) ?? '';
      const isTold = isSelected || (level === activeLevel && verdict !== 'rejected');
      const told = { words: isSelected ? words : '', score: isTold ? score : '' };
      return [{ id, points, ...told, isBehind, isSelected, verdict }];
    })
    .sort((a, b) => Number(a.isSelected) - Number(b.isSelected));
}
