/** The scale of the active cell: its words, AI's probabilities, reason, confidence, comment. */
import { useLayoutEffect, useRef } from 'preact/hooks';

import type { ProposedGrade } from '../api/types';
import { amend, answerActive } from '../reading/answers';
import * as evidence from '../reading/evidence';
import { askReason, giveConfidence, giveReason, REASONS } from '../reading/questions';
import { panelDocument } from '../reading/secondWindow';
import * as state from '../reading/state';
import { amount, chance, setWords } from '../reading/states';
import { EvidencePanel } from './EvidencePanel';
import { type CellValue, type Column, EMPTY } from './model';

export const wordsOf = ({ scale }: Column, score: number): string =>
  scale.labels[scale.scores.indexOf(score)] ?? String(score);

export const probability = ({ probabilities, score }: ProposedGrade, of = score): number =>
  probabilities[String(of)] ?? 0;

export const columnName = ({ name, side }: Column): string =>
  [name, side].filter(Boolean).join(', ');

interface ChoiceProps {
  keyName: string;
  label: string;
  definition?: string;
  isChosen: boolean;
  share?: number | null;
  act: () => void;
}

function Choice({ keyName, label, definition = '', isChosen, share = null, act }: ChoiceProps) {
  return (
    <button
      type="button"
      class="choice own-keys"
      aria-pressed={isChosen}
      disabled={state.isClosed.value}
      onClick={act}
    >
      <kbd>{keyName}</kbd>
      <span class="choice-words">
        {label}
        {definition && <small>{definition}</small>}
      </span>
      {share !== null && (
        <span class="choice-ai" title="Probability by AI, calibrated on its validation cases">
          <i style={{ width: `${Math.round(share * 100)}%` }} />
          {Math.round(share * 100)} %
        </span>
      )}
    </button>
  );
}

function Reasons({ value }: { value: CellValue }) {
  return (
    <div class="scale-buttons" role="group" aria-label="Why not gradable">
      {Object.entries(REASONS).map(([code, words], at) => (
        <Choice
          key={code}
          keyName={String(at + 1)}
          label={words}
          isChosen={value.reason === code}
          act={() => giveReason(code)}
        />
      ))}
    </div>
  );
}

function Confidence() {
  if (!state.reading.value?.protocol.asks_confidence) return null;
  const key = state.confidenceKey.value;
  const given = state.values.value.get(key)?.confidence ?? null;
  const isOther = key !== '' && key !== state.activeKey.value;
  const isAsking = state.asking.value === 'confidence';
  return (
    <div class={`confidence ${isAsking ? 'asking' : ''}`} role="group" aria-label="Confidence">
      <span>
        Confidence {isOther && `of ${shortWords(key)} `}
        <kbd>C</kbd>
      </span>
      {[1, 2, 3, 4, 5].map((one) => (
        <button
          key={one}
          type="button"
          class="room-button own-keys"
          aria-pressed={given === one}
          disabled={state.isClosed.value}
          title={one === 1 ? 'guessing' : one === 5 ? 'certain' : ''}
          onClick={() => giveConfidence(one)}
        >
          {one}
        </button>
      ))}
    </div>
  );
}

/** "L4/L5 Foramen right" */
function shortWords(key: string): string {
  const [level, code, side] = key.split('|');
  const item = state.grid.value.columns.find((one) => one.code === code);
  return [level, item?.short_name, side].filter(Boolean).join(' ');
}

/** A comment is kept when the field is left; Escape and Enter leave it. */
function Comment({ value }: { value: CellValue }) {
  const field = useRef<HTMLInputElement>(null);
  const isOpen = state.isCommenting.value;
  const key = state.activeKey.value;
  useLayoutEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);
  if (!isOpen) {
    return value.comment ? <p class="comment">“{value.comment}”</p> : null;
  }
  const leave = () => {
    const comment = field.current?.value.trim() ?? '';
    state.isCommenting.value = false;
    if (comment !== value.comment) amend(key, { comment });
    panelDocument().querySelector<HTMLElement>('.cell[aria-current="true"]')?.focus();
  };
  return (
    <label class="comment-field">
      Comment
      <input
        ref={field}
        maxLength={2000}
        value={value.comment}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'Escape') field.current?.blur();
        }}
      />
    </label>
  );
}

function Told() {
  const told = state.feedback.value.get(state.activeKey.value);
  if (!told) return null;
  const isSame = state.values.value.get(state.activeKey.value)?.score === told.score;
  return (
    <div class={`feedback ${isSame ? 'same' : 'other'}`} role="status">
      <strong>
        {isSame ? 'As the reference' : 'The reference differs'}: {told.score} {told.label}
      </strong>
      <p>{told.explanation}</p>
    </div>
  );
}

function Proposal({ column }: { column: Column }) {
  const proposal = state.proposals.value.get(state.activeKey.value);
  if (!proposal) return null;
  const verdict = state.verdicts.value.get(state.activeKey.value);
  const { prediction_set: set, why_no_set: whyNot } = proposal;
  const words = setWords(set.map((score) => wordsOf(column, score)));
  return (
    <p class="proposal">
      AI: {chance(wordsOf(column, proposal.score), probability(proposal))};{' '}
      {set.length ? `right in 9 of 10 such cases: ${words}` : `no set of grades: ${whyNot}`}
      {verdict ? `; ${verdict}` : ''}.{' '}
      {!state.isClosed.value && (
        <>
          <kbd>Space</kbd> accept <kbd>X</kbd> reject{' '}
        </>
      )}
      <button
        type="button"
        class="evidence-button own-keys"
        aria-expanded={evidence.look.value !== null}
        title="Where the network looked for this grade"
        onClick={evidence.toggle}
      >
        <kbd>⇧W</kbd> evidence
      </button>
    </p>
  );
}

/** The numbers behind AI's grade of this item; what could not be measured says why. */
function Measures({ level, item }: { level: string; item: string }) {
  const found = state.measures.value.filter(
    (one) => one.disc_level === level && (!one.items.length || one.items.includes(item)),
  );
  if (!found.length) return null;
  return (
    <ul class="measures" aria-label={`Measured by AI at ${level}`}>
      {found.map((one) => (
        <li
          key={one.code}
          data-measure={one.code}
          aria-label={`${one.name}: ${one.reason ? `not measured, ${one.reason}` : amount(one)}`}
          title={one.reason ? `Not measured: ${one.reason}` : one.definition}
        >
          {one.short_name} <b>{amount(one)}</b>
        </li>
      ))}
    </ul>
  );
}

export function ScaleButtons({ level, column }: { level: string; column: Column }) {
  const value = state.values.value.get(state.activeKey.value) ?? EMPTY;
  const proposal = state.proposals.value.get(state.activeKey.value);
  const { scale } = column;
  return (
    <section class="scale" aria-label={`${level}, ${columnName(column)}`}>
      <h2>
        {level} <span>{columnName(column)}</span>
      </h2>
      {column.definition && <p class="definition">{column.definition}</p>}
      {state.asking.value === 'reason' ? (
        <Reasons value={value} />
      ) : (
        <div class="scale-buttons">
          {scale.scores.map((score, at) => (
            <Choice
              key={score}
              keyName={String(score)}
              label={scale.labels[at] ?? ''}
              definition={scale.definitions[at] ?? ''}
              isChosen={value.score === score}
              share={proposal ? probability(proposal, score) : null}
              act={() => answerActive(score)}
            />
          ))}
          <Choice
            keyName="N"
            label={value.reason ? `not gradable: ${REASONS[value.reason]}` : 'not gradable …'}
            isChosen={value.notGradable}
            act={askReason}
          />
        </div>
      )}
      <Proposal column={column} />
      <Measures level={level} item={column.code} />
      <EvidencePanel column={column} />
      <Told />
      <Confidence />
      <Comment value={value} />
    </section>
  );
}
