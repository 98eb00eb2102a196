/** What the reading room shows, as signals. */
import { computed, signal } from '@preact/signals';

import type { OutboxState } from '../api/outbox';
import type { ProposedGrade, Reading } from '../api/types';
import type { ViewAct } from '../viewer/acts';
import { type Cell, type CellValue, cellKey, type Grid, isAnswered } from '../grading/model';

/** What the session needs of the viewer; the viewer arrives after the page. */
export interface Viewing {
  show(reading: Reading, level: string): Promise<void>;
  update(reading: Reading): void;
  prefetch(reading: Reading): void;
  goToLevel(level: string): void;
  set(options: { isLinked?: boolean; hasReferenceLines?: boolean; showsAi?: boolean }): void;
  showMarks(marks: readonly { level: string; position_lps: number[] }[] | null): void;
  act(name: ViewAct): void;
}

export const reading = signal<Reading | null>(null);
export const values = signal<ReadonlyMap<string, CellValue>>(new Map());
export const active = signal<Cell>({ level: 0, item: 0 });
export const saving = signal<OutboxState>({ kind: 'saved', held: 0 });
export const unsaved = signal<ReadonlySet<string>>(new Set());
export const problem = signal('');
export const imageProblem = signal('');
export const isGraphicsLost = signal(false);
export const fatal = signal('');
export const finished = signal(false);
export const missing = signal<ReadonlySet<string>>(new Set());
export const isSubmitting = signal(false);
export const isHelpOpen = signal(false);
export const isAiVisible = signal(true);
export const isLinked = signal(true);
export const hasLines = signal(true);
export const isAdvancing = signal(localStorage.getItem('advance') !== 'off');
export const marking = signal<string | null>(null);
export const seconds = signal(0);

/** The viewer, once it is there. */
export const viewing: { current: Viewing | null } = { current: null };

export const grid = computed<Grid>(() => ({
  levels: reading.value?.disc_levels ?? [],
  items: (reading.value?.items ?? []).flatMap((item) =>
    item.sides.map((side) => ({ ...item, side })),
  ),
}));

export const activeLevel = computed(() => grid.value.levels[active.value.level] ?? '');

export const valueOf = (level: string, item: string, side: string) =>
  values.value.get(cellKey(level, item, side));

export const cells = computed(() => grid.value.levels.length * grid.value.items.length);
export const answered = computed(() => [...values.value.values()].filter(isAnswered).length);
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
