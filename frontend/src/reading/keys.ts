/** The keys of the panel and of the switches; those of the images stand in imageKeys.ts. */
import { actOf } from '../grading/model';
import { chosenKeys, keyName, press, registerActions } from './actions';
import { activate, answerActive, fillNormal } from './answers';
import * as controls from './controls';
import { happened } from './events';
import { pressEditKey } from './markEditing';
import { pressMarkingKey, toggleMarking } from './marking';
import { askConfidence, askReason } from './questions';
import { toggleSplit } from './secondWindow';
import { submit } from './session';
import { isFrozen } from './frozen';
import * as state from './state';
import { togglePause } from './timekeeping';
import { redo, undo } from './undoing';

const canAnswer = () => !state.isClosed.value && state.reading.value !== null;
const isAided = () => state.reading.value?.arm.ai_allowed ?? false;
const canFade = () => isAided() && !isFrozen('ai_opacity');
const asksConfidence = () =>
  (state.reading.value?.protocol.asks_confidence ?? false) && canAnswer();

registerActions('Case', [
  { id: 'submit', keys: ['Ctrl+Enter'], words: 'Submit the case', act: () => void submit() },
  {
    id: 'undo',
    keys: ['Ctrl+z'],
    words: 'Undo: answer, verdict on AI, mark',
    when: canAnswer,
    act: () => {
      undo();
      happened('undo');
    },
  },
  {
    id: 'redo',
    keys: ['Ctrl+y', 'Ctrl+Shift+z'],
    words: 'Redo',
    when: canAnswer,
    act: () => {
      redo();
      happened('redo');
    },
  },
  { id: 'pause', keys: ['p'], words: 'Pause, and go on', act: togglePause },
  { id: 'split', keys: ['g'], words: 'Grid in a second window, and back', act: toggleSplit },
  { id: 'help', keys: ['?'], words: 'This help', act: () => (state.isHelpOpen.value = true) },
]);

registerActions('Answer', [
  { id: 'normal', keys: ['.'], words: 'Rest normal', when: canAnswer, act: fillNormal },
  {
    id: 'not-gradable',
    keys: ['n'],
    words: 'Not gradable, then why (1 to 5)',
    when: canAnswer,
    act: askReason,
  },
  {
    id: 'confidence',
    keys: ['c'],
    words: 'Confidence, then 1 to 5',
    when: asksConfidence,
    act: askConfidence,
  },
  {
    id: 'comment',
    keys: ['t'],
    words: 'Comment on the cell',
    when: canAnswer,
    act: () => (state.isCommenting.value = true),
  },
  {
    id: 'accept',
    keys: ['Space'],
    words: 'Accept the proposal of AI (aided arm)',
    when: () => isAided() && state.proposals.value.has(state.activeKey.value),
    act: () => controls.judge('accepted'),
  },
  {
    id: 'reject',
    keys: ['x'],
    words: 'Reject the proposal of AI (aided arm)',
    when: () => isAided() && state.proposals.value.has(state.activeKey.value),
    act: () => controls.judge('rejected'),
  },
  {
    id: 'advance',
    keys: ['a'],
    words: 'Move on after an answer, or stay',
    act: controls.toggleAdvancing,
  },
]);

registerActions('Room', [
  {
    id: 'ai',
    keys: ['h'],
    words: 'Hide or show AI (aided arm)',
    when: isAided,
    act: controls.toggleAi,
  },
  {
    id: 'ai-fainter',
    keys: ['<'],
    words: 'AI overlays fainter (aided arm)',
    when: canFade,
    act: () => controls.stepAiOpacity(-1),
  },
  {
    id: 'ai-stronger',
    keys: ['>'],
    words: 'AI overlays stronger (aided arm)',
    when: canFade,
    act: () => controls.stepAiOpacity(1),
  },
  { id: 'link', keys: ['l'], words: 'Link or unlink scrolling', act: controls.toggleLinked },
  { id: 'lines', keys: ['r'], words: 'Reference lines on or off', act: controls.toggleLines },
  {
    id: 'anatomy',
    keys: ['y'],
    words: 'Number of lumbar vertebrae',
    when: canAnswer,
    act: () => (state.isAnatomyOpen.value = true),
  },
  {
    id: 'mark',
    keys: ['m'],
    words: 'Mark the levels, or correct them',
    when: canAnswer,
    act: toggleMarking,
  },
]);

function pressGridKey(name: string): boolean {
  const act = actOf(state.grid.value, state.active.value, name, state.values.value);
  switch (act.kind) {
    case 'move':
      activate(act.to);
      return true;
    case 'score':
      answerActive(act.score);
      return true;
    case 'off-scale':
      state.problem.value = act.words;
      return true;
    case 'none':
      return false;
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target !== null &&
  'tagName' in target &&
  /^(INPUT|TEXTAREA|SELECT)$/.test(String(target.tagName));

/** A button or link outside the grid keeps the keys that press or leave it. */
function keepsItsKey(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  const isWithin = target?.closest?.('.own-keys, a') != null;
  return isWithin && ['Enter', ' ', 'Tab'].includes(event.key) && !event.ctrlKey;
}

function onKey(event: KeyboardEvent): void {
  const isShut =
    state.isHelpOpen.value ||
    state.isAnatomyOpen.value ||
    state.isSeriesOpen.value ||
    state.isReportOpen.value ||
    state.isOver.value ||
    !state.reading.value;
  if (isShut || isTyping(event.target) || event.altKey || keepsItsKey(event)) return;
  const name = keyName(event);
  if (state.isPaused.value) {
    if (name !== 'Enter' && !(chosenKeys.value.pause ?? ['p']).includes(name)) return;
    togglePause();
    event.preventDefault();
    return;
  }
  state.tip.value = '';
  const isTaken = pressMarkingKey(name) || pressEditKey(name) || press(name);
  if (isTaken || (canAnswer() && pressGridKey(name))) event.preventDefault();
}

/** Listen to the keys of a window. */
export function listen(target: Document): void {
  target.addEventListener('keydown', onKey);
}
