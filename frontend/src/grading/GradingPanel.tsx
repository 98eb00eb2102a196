/** The grid: levels by items, with the words of the active cell's scale beneath. */
import type { ProposedGrade } from '../api/types';
import { chance } from '../reading/states';
import * as session from '../reading/session';
import { type Cell, cellKey, cellState, type CellValue, type GridItem } from './model';

function wordsOf(item: GridItem, score: number): string {
  return item.scale.labels[item.scale.scores.indexOf(score)] ?? '';
}

function spoken(level: string, item: GridItem, value: CellValue | undefined): string {
  const isWaiting = session.saving.value.kind !== 'saved';
  const answer = value?.notGradable
    ? 'not gradable'
    : value && value.score !== null
      ? `${value.score} ${wordsOf(item, value.score)}`
      : '';
  return `${level}, ${item.name}, ${answer ? `${answer}, ${isWaiting ? 'saving' : 'saved'}` : 'empty'}`;
}

function GridCell({ cell, level, item }: { cell: Cell; level: string; item: GridItem }) {
  const key = cellKey(level, item.code);
  const value = session.values.value.get(key);
  const proposal = session.proposals.value.get(key);
  const isActive =
    session.active.value.level === cell.level && session.active.value.item === cell.item;
  const state = cellState(value, proposal?.score ?? null);
  const isMissing = session.missing.value.has(key);
  return (
    <td>
      <button
        type="button"
        class={`cell ${state} ${isActive ? 'active' : ''} ${isMissing ? 'missing' : ''}`}
        aria-label={spoken(level, item, value)}
        aria-current={isActive}
        data-cell={key}
        data-state={state}
        tabIndex={isActive ? 0 : -1}
        onClick={() => session.activate(cell)}
      >
        <span class="cell-answer">
          {value?.notGradable ? 'NG' : (value?.score ?? (proposal ? '' : '·'))}
        </span>
        {proposal && (
          <span class="cell-proposal" title={`AI: ${chances(item, proposal)}`}>
            {proposal.score}
            <i style={{ width: `${Math.round(probability(proposal) * 100)}%` }} />
          </span>
        )}
      </button>
    </td>
  );
}

const probability = (proposal: ProposedGrade) =>
  proposal.probabilities[String(proposal.score)] ?? 0;

const chances = (item: GridItem, proposal: ProposedGrade) =>
  item.scale.scores
    .map((score) => chance(wordsOf(item, score), proposal.probabilities[String(score)] ?? 0))
    .join(', ');

function ScaleButtons({ cell, level, item }: { cell: Cell; level: string; item: GridItem }) {
  const key = cellKey(level, item.code);
  const value = session.values.value.get(key);
  const proposal = session.proposals.value.get(key);
  const give = (given: CellValue) => session.answerCell(cell, given);
  return (
    <section class="scale" aria-label={`${level}, ${item.name}`}>
      <h2>
        {level} <span>{item.name}</span>
      </h2>
      <div class="scale-buttons">
        {item.scale.scores.map((score, index) => {
          const share = proposal?.probabilities[String(score)];
          return (
            <button
              key={score}
              type="button"
              class="choice own-keys"
              aria-pressed={value?.score === score}
              title={item.scale.definitions[index]}
              disabled={session.isClosed.value}
              onClick={() => give({ score, notGradable: false })}
            >
              <kbd>{score}</kbd>
              <span class="choice-words">
                {item.scale.labels[index]}
                <small>{item.scale.definitions[index]}</small>
              </span>
              {share !== undefined && (
                <span class="choice-ai">
                  <i style={{ width: `${Math.round(share * 100)}%` }} />
                  {Math.round(share * 100)} %
                </span>
              )}
            </button>
          );
        })}
        <button
          type="button"
          class="choice own-keys"
          aria-pressed={value?.notGradable ?? false}
          disabled={session.isClosed.value}
          onClick={() => give({ score: null, notGradable: true })}
        >
          <kbd>N</kbd>
          <span class="choice-words">not gradable</span>
        </button>
      </div>
    </section>
  );
}

export function GradingPanel() {
  const { levels, items } = session.grid.value;
  const { level, item } = session.active.value;
  const activeItem = items[item];
  const activeLevel = levels[level];
  return (
    <>
      <table class="grid" aria-label="Grades by disc level and item">
        <thead>
          <tr>
            <th scope="col">Level</th>
            {items.map((one) => (
              <th key={one.code} scope="col" title={one.name}>
                {one.short_name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {levels.map((name, row) => (
            <tr key={name} class={row === level ? 'active-row' : ''}>
              <th scope="row">
                <button type="button" tabIndex={-1} onClick={() => session.activateLevel(name)}>
                  {name}
                </button>
              </th>
              {items.map((one, column) => (
                <GridCell
                  key={one.code}
                  cell={{ level: row, item: column }}
                  level={name}
                  item={one}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {activeItem && activeLevel && (
        <ScaleButtons cell={session.active.value} level={activeLevel} item={activeItem} />
      )}
    </>
  );
}
