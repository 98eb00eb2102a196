/** What AI's grade of the active cell rested on: fetched when asked for, each look told. */
import { signal, untracked } from '@preact/signals';

import { ApiError, fetchEvidence } from '../api/client';
import type { Evidence, ProposedGrade } from '../api/types';
import { registerActions } from './actions';
import { happened, sendEvents } from './events';
import * as state from './state';

interface Look {
  readingId: number;
  key: string;
  cell: Pick<ProposedGrade, 'item' | 'disc_level' | 'side'>;
  /** null: on its way, or not to be had; `problem` says why. */
  found: Evidence | null;
  problem: string;
}

/** The look that is open; it ends with the cell that it is about. */
export const look = signal<Look | null>(null);
export const hasHeat = signal(true);

const AGAIN = 'The model has been run again since this case was opened. Reload the page.';

async function open(): Promise<void> {
  const key = state.activeKey.value;
  const one = state.reading.value;
  const proposal = state.proposals.value.get(key);
  if (!one || !proposal) return;
  const { item, disc_level, side } = proposal;
  const asked: Look = {
    readingId: one.id,
    key,
    cell: { item, disc_level, side },
    found: null,
    problem: '',
  };
  look.value = asked;
  try {
    const found = await fetchEvidence(one.id, asked.cell);
    if (look.value !== asked) return;
    const isSame = found.score === proposal.score;
    look.value = isSame ? { ...asked, found } : { ...asked, problem: AGAIN };
    if (isSame) tell('ai_evidence_shown', asked);
  } catch (error) {
    if (look.value !== asked) return;
    const words = error instanceof ApiError ? error.message : 'The evidence can’t be shown.';
    look.value = { ...asked, problem: words };
  }
}

function tell(kind: 'ai_evidence_shown' | 'ai_evidence_hidden', { readingId, cell }: Look): void {
  if (state.reading.value?.id !== readingId) return; // the case is left, and the look with it
  happened(kind, cell);
  sendEvents();
}

export function close(): void {
  const ended = look.value;
  look.value = null;
  if (ended?.found) tell('ai_evidence_hidden', ended);
}

export const toggle = (): void => (look.value ? close() : void open());

export const toggleHeat = (): void => {
  hasHeat.value = !hasHeat.value;
};

/** An effect: a look doesn't outlive its cell, its case, or AI being shown. */
export function closeWithItsCell(): void {
  const [key, reading] = [state.activeKey.value, state.reading.value?.id];
  const isShown = state.proposals.value.has(key) && !state.isPaused.value;
  const open = look.peek();
  if (open && (open.key !== key || open.readingId !== reading || !isShown)) untracked(close);
}

registerActions('Evidence of AI', [
  {
    id: 'evidence',
    keys: ['Shift+w'],
    words: 'Where AI looked for its grade (aided arm)',
    when: () => look.value !== null || state.proposals.value.has(state.activeKey.value),
    act: toggle,
  },
  {
    id: 'evidence-heat',
    keys: ['Shift+h'],
    words: 'Heat over the pictures, on or off',
    when: () => look.value !== null,
    act: toggleHeat,
  },
  {
    id: 'close-evidence',
    keys: ['Escape'],
    words: 'Close it',
    when: () => look.value !== null,
    act: close,
  },
]);
