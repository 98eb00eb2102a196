/** What the reading room shows, as signals. */
import { computed, signal } from '@preact/signals';

import type { OutboxState } from '../api/outbox';
import type { Feedback, MeasureOfAi, ProposedGrade, Reading } from '../api/types';
import {
  askedCells,
  type Cell,
  type CellValue,
  cellKey,
  emptyCells,
  type Grid,
  isAnswered,
  keyAt,
  type SiteKind,
} from '../grading/model';
import type { Placed } from '../geometry/levelNames';
import type { ViewAct } from '../viewer/acts';
import type { Vec3 } from '../geometry/plane';
import type { DrawingState } from '../viewer/drawing';
import type { FindingState } from '../viewer/findings';
import type { Levelling } from '../viewer/levelling';
import type { MaskState } from '../viewer/masks';
import type { FreshMark } from '../viewer/scene';

/** What the session needs of the viewer; the viewer arrives after the page. */
export interface Viewing {
  /** whenSeen: called when its first images are on screen, before the others are loaded. */
  show(reading: Reading, level: string, whenSeen?: () => void): Promise<void>;
  update(reading: Reading): void;
  /** Draw what comes next, unseen. */
  prepare(reading: Reading, level: string): void;
  prefetch(reading: Reading): void;
  goToLevel(level: string): void;
  goTo(point: Vec3, frame: string): void;
  setFindings(given: FindingState): void;
  set(options: {
    isLinked?: boolean;
    hasReferenceLines?: boolean;
    showsAi?: boolean;
    aiOpacity?: number;
  }): void;
  showMarks(marks: readonly FreshMark[] | null): void;
  levelling: Pick<Levelling, 'begin' | 'end' | 'nudge' | 'aim' | 'find' | 'moved' | 'goTo'>;
  act(name: ViewAct): void;
  /** A key while a drawing tool is taken; true if it meant something. */
  drawKey(name: string): boolean;
  extendBox(key: string): void;
  /** False: no image shows that stack. */
  showSlice(stackId: number, position: number): boolean;
  setDrawing(given: DrawingState): void;
  setMasks(given: MaskState): void;
  setLayout(layout: number): void;
  hangSeries(id: number): void;
  hangByProtocol(): void;
  /** Hang what the reading says that its reader has chosen. */
  hangAsTold(reading: Reading): void;
}

/** An answer that meets another one, given elsewhere: mine against what is stored. */
export interface Conflict {
  key: string;
  mine: CellValue;
  theirs: CellValue;
  revision: number;
}

export type Verdict = 'accepted' | 'rejected';

export const reading = signal<Reading | null>(null);
export const values = signal<ReadonlyMap<string, CellValue>>(new Map());
export const feedback = signal<ReadonlyMap<string, Feedback>>(new Map());
export const verdicts = signal<ReadonlyMap<string, Verdict>>(new Map());
export const conflicts = signal<readonly Conflict[]>([]);
export const active = signal<Cell>({ level: 0, column: 0 });
export const saving = signal<OutboxState>({ kind: 'saved', held: 0 });
export const unsaved = signal<ReadonlySet<string>>(new Set());
export const isFragile = signal(false);
export const isElsewhere = signal(false);
export const problem = signal('');
export const tip = signal('');
export const imageProblem = signal('');
export const isGraphicsLost = signal(false);
export const fatal = signal('');
export const finished = signal(false);
export const missing = signal<ReadonlySet<string>>(new Set());
export const isSubmitting = signal(false);
/** The submission takes so long that the reader is shown that it is on its way. */
export const isSubmittingLong = signal(false);
export const isHelpOpen = signal(false);
export const isAnatomyOpen = signal(false);
export const isSeriesOpen = signal(false);
export const isReportOpen = signal(false);
export const isPaused = signal(false);
export const isAiVisible = signal(true);
const USUAL_OPACITY = 0.85;
/** Of AI's outlines and boxes, 0 to 1, as this reader likes it. */
export const aiOpacity = signal(USUAL_OPACITY);
/** The same as it is shown: the usual one where the protocol has frozen it. */
export const shownOpacity = computed(() =>
  reading.value?.protocol.frozen.includes('ai_opacity') ? USUAL_OPACITY : aiOpacity.value,
);
export const isLinked = signal(true);
export const hasLines = signal(true);
export const isAdvancing = signal(localStorage.getItem('advance') !== 'off');
/** A question that the next key answers: why not gradable, or how sure. */
export const asking = signal<'reason' | 'confidence' | null>(null);
export const isCommenting = signal(false);
/** The cell that was graded last: how sure one was is said after one has moved on. */
export const lastGraded = signal('');
/** Levels being marked: a body is to be clicked, named, or the marks found are to be checked. */
export interface Marking {
  step: 'pick' | 'name' | 'check';
  places: readonly Placed[];
  /** Rank of the body that was clicked. */
  rank: number;
  /** The mark that keys move; "" for none. */
  chosen: string;
  isGuessed: boolean;
}
export const marking = signal<Marking | null>(null);
export const seconds = signal(0);
/** The panel is in a window of its own. */
export const isSplit = signal(false);

/** The viewer, once it is there. */
export const viewing: { current: Viewing | null } = { current: null };

/** Discs before vertebrae; a kind that no item is of has no levels. */
export function gridOf(one: Reading): Grid {
  const of = (kind: SiteKind) => one.items.filter((item) => item.site_kind === kind);
  const [discs, vertebrae] = [of('disc'), of('vertebra')];
  return {
    levels: [
      ...(discs.length ? one.disc_levels : []),
      ...(vertebrae.length ? one.vertebral_levels : []),
    ],
    columns: [...discs, ...vertebrae].flatMap((item) =>
      item.sides.map((side) => ({ ...item, side })),
    ),
  };
}

export const grid = computed<Grid>(() =>
  reading.value ? gridOf(reading.value) : { levels: [], columns: [] },
);

export const activeLevel = computed(() => grid.value.levels[active.value.level] ?? '');
export const activeColumn = computed(() => grid.value.columns[active.value.column] ?? null);
export const activeKey = computed(() => keyAt(grid.value, active.value));

/** The cell that a confidence is about: the active one if it is graded, else the last graded. */
export const confidenceKey = computed(() =>
  isAnswered(values.value.get(activeKey.value)) ? activeKey.value : lastGraded.value,
);

export const asked = computed(() => {
  const { value: all } = grid;
  return new Set(askedCells(all, values.value).map((cell) => keyAt(all, cell)));
});
export const cells = computed(() => asked.value.size);
export const empty = computed(() => emptyCells(grid.value, values.value));
export const answered = computed(
  () => [...asked.value].filter((key) => isAnswered(values.value.get(key))).length,
);
export const isClosed = computed(() =>
  ['submitted', 'amended'].includes(reading.value?.status ?? ''),
);

/** Nothing to grade on screen: the end of the session, or a case that can't be opened. */
export const isOver = computed(() => finished.value || fatal.value !== '');

export const proposals = computed<ReadonlyMap<string, ProposedGrade>>(() => {
  const found = reading.value?.prediction;
  if (!found || !isAiVisible.value) return new Map();
  return new Map(
    found.grades.map((grade) => [cellKey(grade.disc_level, grade.item, grade.side), grade]),
  );
});

/** The numbers behind AI's grades; none while AI is hidden. */
export const measures = computed<readonly MeasureOfAi[]>(() =>
  isAiVisible.value ? (reading.value?.prediction?.measures ?? []) : [],
);
