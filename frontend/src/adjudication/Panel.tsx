/** The panel beside the images: the disagreements, who said what, and the outcome. */
import { useEffect, useRef } from 'preact/hooks';

import type { CellToDecide } from '../api/types';
import { choose, comment } from './choices';
import { toggleReader } from './keys';
import { activate, goOn, here, sign } from './session';
import { queueUrl } from './api';
import * as state from './state';

const keyOf = (score: number | null) => (score === null ? 'N' : String(score));

function Letters({ cell, score }: { cell: CellToDecide; score: number | null }) {
  if (!state.showsAnswers.value) return null;
  const who = cell.answers.filter((one) => one.score === score).map(({ reader }) => reader);
  if (!who.length) return null;
  return (
    <span class="votes" aria-label={`said by ${who.map((one) => `Reader ${one}`).join(', ')}`}>
      {who.map((letter) => (
        <b key={letter} class={`letter tone-${state.toneOf(letter)}`}>
          {letter}
        </b>
      ))}
    </span>
  );
}

function Cells() {
  return (
    <ol class="disagreements" aria-label="Disagreements of this case">
      {state.cells.value.map((cell, at) => {
        const choice = state.chosen.value.get(cell.id);
        return (
          <li key={cell.id}>
            <button
              type="button"
              class="disagreement own-keys"
              aria-current={at === state.activeIndex.value}
              onClick={() => activate(at)}
            >
              <strong>{cell.disc_level}</strong>
              <span>{state.cellName(cell)}</span>
              <span class="outcome">
                {choice ? <b>{choice.score ?? 'n. g.'}</b> : <span class="room-muted">open</span>}
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

interface OptionProps {
  cell: CellToDecide;
  score: number | null;
  label: string;
  definition?: string;
}

function Option({ cell, score, label, definition = '' }: OptionProps) {
  const choice = state.chosen.value.get(cell.id);
  return (
    <button
      type="button"
      class="choice own-keys"
      aria-pressed={choice !== undefined && choice.score === score}
      onClick={() => choose(score)}
    >
      <kbd>{keyOf(score)}</kbd>
      <span class="choice-words">
        {label}
        {definition && <small>{definition}</small>}
      </span>
      <Letters cell={cell} score={score} />
    </button>
  );
}

function Comment({ cell }: { cell: CellToDecide }) {
  const field = useRef<HTMLInputElement>(null);
  const isOpen = state.isCommenting.value;
  const words = state.comments.value.get(cell.id) ?? '';
  useEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);
  if (!isOpen) {
    return (
      <button
        type="button"
        class="room-button own-keys comment-button"
        onClick={() => (state.isCommenting.value = true)}
      >
        {words ? `“${words}”` : 'Comment'} <kbd>T</kbd>
      </button>
    );
  }
  return (
    <label class="comment-field">
      Comment on the decision
      <input
        ref={field}
        maxLength={1000}
        value={words}
        onInput={(event) => comment(event.currentTarget.value)}
        onBlur={() => (state.isCommenting.value = false)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'Escape') field.current?.blur();
        }}
      />
    </label>
  );
}

function Outcome() {
  const cell = state.active.value;
  const item = cell && state.itemOf(cell);
  if (!cell || !item) return null;
  const { scale } = item;
  return (
    <section class="scale" aria-label={`${cell.disc_level}, ${state.cellName(cell)}`}>
      <h2>
        {cell.disc_level} <span>{state.cellName(cell)}</span>
      </h2>
      <div class="scale-buttons">
        {scale.scores.map((score, at) => (
          <Option
            key={score}
            cell={cell}
            score={score}
            label={scale.labels[at] ?? ''}
            definition={scale.definitions[at] ?? ''}
          />
        ))}
        <Option cell={cell} score={null} label="not gradable" />
      </div>
      <Comment cell={cell} />
    </section>
  );
}

const counted = (n: number, one: string) => `${n} ${n === 1 ? one : `${one}s`}`;

function Readers() {
  const readers = state.current.value?.readers ?? [];
  return (
    <section class="readers" aria-label="Readers">
      <h2>Readers, in an order of this case alone</h2>
      {readers.map(({ letter, measurements, masks }, at) => (
        <button
          key={letter}
          type="button"
          class="room-button switch own-keys reader-switch"
          aria-pressed={!state.hiddenReaders.value.has(letter)}
          onClick={() => toggleReader(letter)}
        >
          <b class={`letter tone-${state.toneOf(letter)}`}>{letter}</b>
          <span>
            {[
              measurements.length && counted(measurements.length, 'measurement'),
              masks.length && `masks on ${masks.length} series`,
            ]
              .filter(Boolean)
              .join(', ') || 'no marks on the images'}
          </span>
          {at < 6 && <kbd>⇧{String.fromCharCode(65 + at)}</kbd>}
        </button>
      ))}
    </section>
  );
}

interface SwitchProps {
  on: { value: boolean };
  words: string;
  hotkey: string;
}

function Switch({ on, words, hotkey }: SwitchProps) {
  return (
    <button
      type="button"
      class="room-button switch own-keys"
      aria-pressed={on.value}
      onClick={() => (on.value = !on.value)}
    >
      {words} <kbd>{hotkey}</kbd>
    </button>
  );
}

function Finished() {
  return (
    <div class="finished">
      <h2>Nothing waits in the queue</h2>
      <p role="status">{state.said.value}</p>
      <a class="submit-button" href={queueUrl(here())}>
        Back to the queue
      </a>
    </div>
  );
}

function Problem() {
  if (!state.problem.value || state.isSigning.value) return null;
  return (
    <p class="note note-problem" role="alert">
      {state.problem.value}
    </p>
  );
}

export function Panel() {
  if (state.isFinished.value) return <Finished />;
  if (!state.current.value) return <Problem />;
  const { cells, next } = state.current.value;
  return (
    <>
      {state.said.value && (
        <p class="note" role="status">
          {state.said.value}
        </p>
      )}
      <Cells />
      <Outcome />
      <Readers />
      <p class="switches">
        <Switch on={state.showsAnswers} words="Grades" hotkey="G" />
        <Switch on={state.showsMeasurements} words="Measurements" hotkey="M" />
        <Switch on={state.showsMasks} words="Masks" hotkey="X" />
      </p>
      <footer class="submit">
        <Problem />
        <button type="button" class="submit-button own-keys" onClick={sign}>
          Sign {counted(cells.length, 'decision')} <kbd>Ctrl Enter</kbd>
        </button>
        {state.left.value > 0 && <span class="room-muted">{state.left.value} open</span>}
        {next && (
          <button type="button" class="room-button own-keys" onClick={() => void goOn(next)}>
            Next case <kbd>Ctrl →</kbd>
          </button>
        )}
      </footer>
    </>
  );
}
