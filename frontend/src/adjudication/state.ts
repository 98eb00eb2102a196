/** What the adjudication room shows, as signals. */
import { computed, signal } from '@preact/signals';

import type { AdjudicationCase, CellToDecide } from '../api/types';

/** score null: not gradable. */
export interface Choice {
  score: number | null;
  comment: string;
}

export const current = signal<AdjudicationCase | null>(null);
export const activeIndex = signal(0);
/** Cell -> what is chosen, not signed yet. */
export const chosen = signal<ReadonlyMap<number, Choice>>(new Map());
/** Words about a cell that has no choice yet. */
export const comments = signal<ReadonlyMap<number, string>>(new Map());
export const showsAnswers = signal(true);
export const showsMeasurements = signal(true);
export const showsMasks = signal(true);
export const hiddenReaders = signal<ReadonlySet<string>>(new Set());
export const isCommenting = signal(false);
export const isSigning = signal(false);
export const isSending = signal(false);
export const isHelpOpen = signal(false);
/** Nothing waits any more. */
export const isFinished = signal(false);
export const problem = signal('');
/** Of the last case: "3 cells of C-004 are signed." */
export const said = signal('');

export const cells = computed<readonly CellToDecide[]>(() => current.value?.cells ?? []);
export const active = computed<CellToDecide | null>(() => cells.value[activeIndex.value] ?? null);
export const left = computed(() => cells.value.filter(({ id }) => !chosen.value.has(id)).length);
export const itemOf = ({ item }: CellToDecide) =>
  current.value?.items.find(({ code }) => code === item) ?? null;

/** "Central canal stenosis, right" */
export const cellName = (cell: CellToDecide): string =>
  [itemOf(cell)?.name ?? cell.item, cell.side].filter(Boolean).join(', ');

/** How many colours readers have; further ones begin anew, their letters stay apart. */
const TONES = 6;
export const toneOf = (letter: string): number =>
  Math.max(current.value?.readers.findIndex((one) => one.letter === letter) ?? 0, 0) % TONES;

export const isOver = computed(
  () => isFinished.value || current.value === null || isSigning.value || isHelpOpen.value,
);
