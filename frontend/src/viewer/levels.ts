/** Marked levels on the viewports: labels beside the spine, and where a slice is. */
import type { LevelMark } from '../api/types';
import { type Anchor, anchorAt, withBodies } from '../geometry/levels';
import { add, distance, type SlicePlane, type Vec3 } from '../geometry/plane';
import type { LevelLabel, Note } from './overlay';
import { frameOf } from './slices';
import type { SliceViewport } from './viewport';

/** Farther from its centre a slice doesn't pass a disc any more. */
const NEAR_MM = 14;

export interface Mark extends Anchor {
  style: LevelLabel['style'];
  /** Whose positions it goes by (`frameOf` a series); "" where that isn't known. */
  frame: string;
  /** Of a mark that is being set: its name for the page, whether it is chosen, and guessed. */
  key?: string | undefined;
  isChosen?: boolean | undefined;
  isGuessed?: boolean | undefined;
}

/** Where a label of a plane stands and its leader ends, from the centre of disc or body, LPS mm. */
const BESIDE: Readonly<Record<string, { label: Vec3; tip: Vec3 } | undefined>> = {
  sagittal: { label: [0, -40, 0], tip: [0, -21, 0] },
  coronal: { label: [-44, 0, 0], tip: [-28, 0, 0] },
};

/** A mark of the payload; it may name its frame itself. */
export function markOf(mark: LevelMark & { frame_of_reference_uid?: string }, frame: string): Mark {
  return {
    kind: mark.kind,
    level: mark.level,
    center: mark.position_lps as unknown as Vec3,
    style: mark.source === 'ai' ? 'ai' : 'given',
    frame: mark.frame_of_reference_uid || frame,
  };
}

type Looking = Pick<SliceViewport, 'series' | 'plane'>;

/** Marks whose positions hold for this viewport. */
export const marksOf = ({ series }: Pick<Looking, 'series'>, marks: readonly Mark[]): Mark[] =>
  series ? marks.filter(({ frame }) => frame !== '' && frame === frameOf(series)) : [];

/** Marks that this slice passes, near enough to be told. */
export const marksNear = (plane: SlicePlane | null, marks: readonly Mark[]): Mark[] =>
  plane ? marks.filter(({ center }) => Math.abs(distance(plane, center)) < NEAR_MM) : [];

/** Labels beside discs and bodies; axial slices have a note instead. */
export function labelsOn(
  viewport: Looking,
  marks: readonly Mark[],
  activeLevel: string,
): LevelLabel[] {
  const beside = BESIDE[viewport.series?.plane ?? ''];
  if (!beside) return [];
  const own = marksOf(viewport, marks);
  const between = withBodies(own, false);
  // bodies at the ends are less sure: one is told only while it is graded
  const graded = withBodies(own, true).filter(
    ({ level }) => level === activeLevel && !between.some((one) => one.level === level),
  );
  const known = [...between, ...graded];
  return marksNear(viewport.plane, known).map(({ kind, level, center, style, ...mark }) => ({
    kind,
    level: mark.isGuessed ? `${level} ?` : level,
    style,
    center,
    at: add(center, beside.label),
    tip: add(center, beside.tip),
    isActive: style === 'new' ? mark.isChosen === true : level === activeLevel,
  }));
}

/** "L4/L5 disc, 1 mm from the centre", "L4 body": what an axial or coronal slice is at. */
export function levelNote(viewport: Looking, marks: readonly Mark[]): Note | null {
  const { plane, series } = viewport;
  if (!plane || !series || series.plane === 'sagittal') return null;
  const known = marksOf(viewport, marks);
  // a coronal slice runs along the spine: it passes discs, it isn't between them
  const anchors = series.plane === 'coronal' ? known.filter(isDisc) : withBodies(known, true);
  const found = anchorAt(plane, anchors);
  if (!found) return null;
  const isAi = found.style === 'ai';
  if (found.kind === 'vertebra') return { words: `${found.level} body`, isAi };
  const mm = Math.abs(distance(plane, found.center)).toFixed(0);
  return { words: `${found.level} disc, ${mm} mm from the centre`, isAi };
}

/** Why levels can't be told here, though the case has some. */
export function frameNote(
  { series }: Pick<Looking, 'series'>,
  marks: readonly Mark[],
): Note | null {
  const isPlaced = marks.length === 0 || marksOf({ series }, marks).length > 0;
  if (!series || isPlaced || !series.frames.some(({ position_lps }) => position_lps)) return null;
  const where = series.is_prior ? 'the prior exam' : 'this series';
  return { words: `levels aren't marked in ${where}: it has positions of its own`, isAi: false };
}

function isDisc({ kind }: Anchor): boolean {
  return kind === 'disc';
}
