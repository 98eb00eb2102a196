/** Switches of the room, and what is said of AI's proposals. */
import { cellKey } from '../grading/model';
import { answerActive } from './answers';
import { happened, sendEvents } from './events';
import { keepOpacity } from './preferences';
import * as state from './state';
import { remember, together } from './undoing';

export function toggleAi(): void {
  if (!state.reading.value?.arm.ai_allowed) return;
  state.isAiVisible.value = !state.isAiVisible.value;
  state.viewing.current?.set({ showsAi: state.isAiVisible.value });
  happened(state.isAiVisible.value ? 'ai_shown' : 'ai_hidden');
  sendEvents();
}

/** Of outlines and boxes, 0 to 100; `keepAiOpacity` follows when the reader has settled on one. */
export function setAiOpacity(percent: number): void {
  state.aiOpacity.value = Math.min(Math.max(Math.round(percent), 0), 100) / 100;
  state.viewing.current?.set({ aiOpacity: state.shownOpacity.value });
}

/** The opacity stays as it is: told once, and kept with the account. */
export function keepAiOpacity(): void {
  window.clearTimeout(settling);
  const percent = Math.round(state.aiOpacity.value * 100);
  happened('ai_opacity', { percent });
  sendEvents();
  void keepOpacity(percent);
}

const SETTLED_MS = 800;
const STEP = 10;
let settling = 0;

/** One step by a key; a row of steps is told as one. */
export function stepAiOpacity(by: 1 | -1): void {
  setAiOpacity(state.aiOpacity.value * 100 + by * STEP);
  state.tip.value = `AI overlays ${Math.round(state.aiOpacity.value * 100)} %`;
  window.clearTimeout(settling);
  settling = window.setTimeout(keepAiOpacity, SETTLED_MS);
}

const SAID = { accepted: 'ai_accepted', rejected: 'ai_rejected' } as const;

/** Say it of the proposal for a cell; null: it is open again. Each word is an event of its own. */
function say(key: string, verdict: state.Verdict | null): void {
  const proposal = state.reading.value?.prediction?.grades.find(
    (one) => cellKey(one.disc_level, one.item, one.side) === key,
  );
  if (!proposal || state.isClosed.value) return;
  const { item, disc_level, side } = proposal;
  const said = new Map(state.verdicts.value);
  if (verdict) said.set(key, verdict);
  else said.delete(key);
  state.verdicts.value = said;
  happened(verdict ? SAID[verdict] : 'ai_open', { item, disc_level, side });
  sendEvents();
}

/** Accept: the proposal becomes the answer. Reject: it stays a proposal, struck through. */
export function judge(verdict: state.Verdict): void {
  const key = state.activeKey.value;
  const proposal = state.proposals.value.get(key);
  if (!proposal || state.isClosed.value) return;
  const before = state.verdicts.value.get(key) ?? null;
  together(() => {
    remember([{ key, before, after: verdict }], say, 'Verdict on a proposal of AI');
    say(key, verdict);
    if (verdict === 'accepted') answerActive(proposal.score);
  });
}

export function toggleLinked(): void {
  state.isLinked.value = !state.isLinked.value;
  state.viewing.current?.set({ isLinked: state.isLinked.value });
}

export function toggleLines(): void {
  state.hasLines.value = !state.hasLines.value;
  state.viewing.current?.set({ hasReferenceLines: state.hasLines.value });
}

export function toggleAdvancing(): void {
  state.isAdvancing.value = !state.isAdvancing.value;
  localStorage.setItem('advance', state.isAdvancing.value ? 'on' : 'off');
}
