/** Questions that one key answers: why not gradable, how sure. */
import { captureKeys } from './actions';
import { amend, answerActive } from './answers';
import * as state from './state';

/** Why a cell can't be graded, in the order of the keys 1 to 5. */
export const REASONS: Readonly<Record<string, string>> = {
  artefact: 'artefact',
  outside_field: 'outside the field of view',
  surgery: 'changed by surgery or implant',
  quality: 'image quality too poor',
  other: 'other, see comment',
};

/** Ask something that the next key answers; another key leaves the question. */
function ask(question: 'reason' | 'confidence', answer: (digit: number) => boolean): void {
  state.asking.value = question;
  captureKeys((name) => {
    captureKeys(null);
    state.asking.value = null;
    if (name === 'Escape') return true;
    return /^[1-9]$/.test(name) && answer(Number(name));
  });
}

export function askReason(): void {
  ask('reason', (digit) => {
    const reason = Object.keys(REASONS)[digit - 1];
    if (reason) giveReason(reason);
    return reason !== undefined;
  });
}

export function giveReason(reason: string): void {
  captureKeys(null);
  state.asking.value = null;
  answerActive(null, reason);
  if (reason === 'other') state.isCommenting.value = true;
}

/** Say how sure one was of the cell graded last. */
export function giveConfidence(confidence: number): void {
  const key = state.confidenceKey.value;
  if (key) amend(key, { confidence });
  else state.tip.value = 'Grade a cell first, then say how sure you are.';
}

export function askConfidence(): void {
  ask('confidence', (digit) => {
    if (digit <= 5) giveConfidence(digit);
    return digit <= 5;
  });
}
