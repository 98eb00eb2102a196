/** Answers: shown at once, kept and sent by the outbox, laid over what the server knows. */
import { readingUrl } from '../api/client';
import type { Act } from '../api/outbox';
import type { Answer, DiscLevel, Feedback, Grade, Reading } from '../api/types';
import { uuid } from '../api/uuid';
import {
  askedCells,
  type Cell,
  type CellValue,
  cellKey,
  EMPTY,
  following,
  keyAt,
  normalFill,
} from '../grading/model';
import { isHere, note, outbox, watchOutbox } from './outbox';
import * as state from './state';
import { forgetDone, remember } from './undoing';

interface Stored {
  at: number;
  readingId: number;
  grade: Grade;
}

/** Answers that the server has confirmed since this page began, with the time of it. */
let confirmed: Stored[] = [];
let revisions = new Map<string, number>();
let onRefusal: () => void = () => undefined;

const keyOf = ({ disc_level, item, side }: Pick<Grade, 'disc_level' | 'item' | 'side'>) =>
  cellKey(disc_level, item, side);
type Said = Pick<Grade, 'score' | 'not_gradable' | 'reason' | 'confidence' | 'comment'>;

const valueOf = (grade: Said): CellValue => ({
  score: grade.score,
  notGradable: grade.not_gradable,
  reason: grade.reason,
  confidence: grade.confidence,
  comment: grade.comment,
});
const answerOf = (act: Act) => act.body as Answer;
const isAnswer = (act: Act) => act.kind === 'answer';
const waitingHere = () => outbox.waiting.filter((act) => isAnswer(act) && isHere(act));

outbox.on('answer', {
  onStored: (act, answer) => {
    const grade = answer as Grade;
    confirmed.push({ at: performance.now(), readingId: act.readingId, grade });
    if (isHere(act)) {
      revisions.set(keyOf(grade), grade.revision);
      if (grade.feedback) tell(keyOf(grade), grade.feedback);
      state.problem.value = '';
    }
    note();
  },
  onRefused: (act, error) => {
    if (error.code === 'changed_elsewhere') return dispute(act, error.details.grade as Grade);
    const where = `${isHere(act) ? '' : 'Another case, '}${answerOf(act).disc_level}`;
    state.problem.value = `${where}: the answer was not stored. ${error.message}`;
    if (isHere(act)) onRefusal();
  },
});
watchOutbox(() => {
  state.unsaved.value = new Set(waitingHere().map((act) => keyOf(answerOf(act))));
});

/** Called when the server has refused an answer of the reading on screen. */
export function whenRefused(act: () => void): void {
  onRefusal = act;
}

function tell(key: string, feedback: Feedback): void {
  state.feedback.value = new Map(state.feedback.value).set(key, feedback);
}

/** Lay a reading before the reader: what the server sent, and over it what isn't in it yet. */
export function takeAnswers(one: Reading, askedAt: number): void {
  const values = new Map<string, CellValue>();
  revisions = new Map();
  const feedback = new Map<string, Feedback>();
  const later = confirmed.filter(({ at, readingId }) => at >= askedAt && readingId === one.id);
  for (const grade of [...one.grades, ...later.map((stored) => stored.grade)]) {
    values.set(keyOf(grade), valueOf(grade));
    revisions.set(keyOf(grade), grade.revision);
    if (grade.feedback) feedback.set(keyOf(grade), grade.feedback);
  }
  for (const act of outbox.waiting) {
    if (isAnswer(act) && act.readingId === one.id) {
      values.set(keyOf(answerOf(act)), valueOf(answerOf(act)));
    }
  }
  state.values.value = values;
  state.feedback.value = feedback;
}

/** A submitted reading: whoever fetches it again gets all of its answers. */
export function forgetConfirmed(closed: number): void {
  confirmed = confirmed.filter(({ readingId }) => readingId !== closed);
}

/** Another case: what was done in the last one can't be undone here. */
export function forgetHistory(): void {
  forgetDone();
  state.conflicts.value = [];
  state.tip.value = '';
  state.lastGraded.value = '';
}

/** Make a cell the active one; another level moves the images. */
export function activate(cell: Cell): void {
  const hasMoved = cell.level !== state.active.value.level;
  state.active.value = cell;
  state.isCommenting.value = false;
  if (hasMoved) state.viewing.current?.goToLevel(state.activeLevel.value);
}

export function activateLevel(level: string): void {
  const all = state.grid.value;
  const at = all.levels.indexOf(level);
  if (at < 0) return;
  const here = { level: at, column: state.active.value.column };
  const asked = askedCells(all, state.values.value).filter((one) => one.level === at);
  activate(asked.find(({ column }) => column === here.column) ?? asked[0] ?? here);
  state.viewing.current?.goToLevel(level);
}

function cellOf(key: string): Cell | null {
  const { levels, columns } = state.grid.value;
  for (let level = 0; level < levels.length; level += 1) {
    for (let column = 0; column < columns.length; column += 1) {
      if (keyAt(state.grid.value, { level, column }) === key) return { level, column };
    }
  }
  return null;
}

/** Show a value and send it. */
function set(key: string, value: CellValue): void {
  const one = state.reading.value;
  const cell = cellOf(key);
  if (!one || !cell || state.isClosed.value) return;
  const level = state.grid.value.levels[cell.level];
  const column = state.grid.value.columns[cell.column];
  if (!level || !column) return;
  state.values.value = new Map(state.values.value).set(key, value);
  state.missing.value = new Set([...state.missing.value].filter((other) => other !== key));
  const id = uuid();
  const own = waitingHere().filter((act) => keyOf(answerOf(act)) === key).length;
  const body: Answer = {
    item: column.code,
    disc_level: level as DiscLevel,
    side: column.side as Answer['side'],
    score: value.score,
    not_gradable: value.notGradable,
    reason: value.reason as Answer['reason'],
    confidence: value.confidence,
    comment: value.comment,
    answer_key: id,
    answered_at: new Date().toISOString(),
    base_revision: (revisions.get(key) ?? 0) + own,
  };
  const url = `${readingUrl(one.id)}grades/`;
  outbox.put({ id, readingId: one.id, kind: 'answer', method: 'PUT', url, body });
  note();
}

/** Set cells as one act that can be undone. */
function change(changes: readonly { key: string; value: CellValue }[]): void {
  if (state.isClosed.value) return;
  remember(
    changes.map(({ key, value }) => ({
      key,
      before: state.values.value.get(key) ?? EMPTY,
      after: value,
    })),
    set,
  );
  changes.forEach(({ key, value }) => set(key, value));
}

/** Change some of a cell's answer. */
export function amend(key: string, some: Partial<CellValue>): void {
  change([{ key, value: { ...(state.values.value.get(key) ?? EMPTY), ...some } }]);
}

/** Answer the active cell and, as is set, go on to the next. A comment stays. */
export function answerActive(score: number | null, reason = ''): void {
  const isGiven = score !== null || reason !== '';
  state.lastGraded.value = isGiven ? state.activeKey.value : '';
  amend(state.activeKey.value, {
    score,
    notGradable: reason !== '',
    reason,
    ...(isGiven ? {} : { confidence: null, comment: '' }),
  });
  if (state.reading.value?.phase === 'training') return; // the reference is told first
  if (state.isAdvancing.value && isGiven) {
    activate(following(state.grid.value, state.active.value, state.values.value));
  }
}

/** Give every asked, empty cell its normal grade. */
export function fillNormal(): void {
  const cells = normalFill(state.grid.value, state.values.value);
  if (!cells.length) {
    state.tip.value = 'No empty cell has a normal grade.';
    return;
  }
  change(
    cells.map(({ cell, score }) => {
      const key = keyAt(state.grid.value, cell);
      return { key, value: { ...(state.values.value.get(key) ?? EMPTY), score } };
    }),
  );
  const count = cells.length === 1 ? '1 empty cell' : `${cells.length} empty cells`;
  state.tip.value = `Filled ${count} with normal. Ctrl+Z takes it back.`;
}

/** The cell was answered elsewhere meanwhile: nothing is written until the reader has chosen. */
function dispute(act: Act, theirs: Grade): void {
  const key = keyOf(theirs);
  const later = outbox.withdraw(
    (other) =>
      isAnswer(other) && other.readingId === act.readingId && keyOf(answerOf(other)) === key,
  );
  note();
  if (!isHere(act)) return;
  const mine = valueOf(answerOf(later.at(-1) ?? act));
  state.conflicts.value = [
    ...state.conflicts.value.filter((one) => one.key !== key),
    { key, mine, theirs: valueOf(theirs), revision: theirs.revision },
  ];
}

export function settle(conflict: state.Conflict, choice: 'mine' | 'theirs'): void {
  const { key, mine, theirs, revision } = conflict;
  state.conflicts.value = state.conflicts.value.filter((one) => one !== conflict);
  revisions.set(key, revision);
  if (choice === 'mine') set(key, mine);
  else state.values.value = new Map(state.values.value).set(key, theirs);
}
