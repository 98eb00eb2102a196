/** Switches of the room, and what is said of AI's proposals. */
import { cellKey } from '../grading/model';
import { answerActive } from './answers';
import { happened, sendEvents } from './events';
import * as state from './state';

export function toggleAi(): void {
  if (!state.reading.value?.arm.ai_allowed) return;
  state.isAiVisible.value = !state.isAiVisible.value;
  state.viewing.current?.set({ showsAi: state.isAiVisible.value });
  happened(state.isAiVisible.value ? 'ai_shown' : 'ai_hidden');
  sendEvents();
}

export function setAiOpacity(opacity: number): void {
  state.aiOpacity.value = opacity;
  state.viewing.current?.set({ aiOpacity: opacity });
}

/** Accept: the proposal becomes the answer. Reject: it stays a proposal, struck through. */
export function judge(verdict: state.Verdict): void {
  const proposal = state.proposals.value.get(state.activeKey.value);
  if (!proposal || state.isClosed.value) return;
  const { item, disc_level, side } = proposal;
  state.verdicts.value = new Map(state.verdicts.value).set(
    cellKey(disc_level, item, side),
    verdict,
  );
  happened(verdict === 'accepted' ? 'ai_accepted' : 'ai_rejected', { item, disc_level, side });
  sendEvents();
  if (verdict === 'accepted') answerActive(proposal.score);
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
