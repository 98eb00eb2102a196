/** One cell: what is answered, what AI proposes, and the same for those who can't see it. */
import { activate } from '../reading/answers';
import * as state from '../reading/state';
import { chance } from '../reading/states';
import { type Cell, cellState, type CellValue, type Column, keyAt } from './model';
import { columnName, probability, wordsOf } from './ScaleButtons';

function spoken(level: string, column: Column, key: string, value: CellValue | undefined): string {
  const answer = value?.notGradable
    ? 'not gradable'
    : value && value.score !== null
      ? wordsOf(column, value.score)
      : '';
  const kept = state.unsaved.value.has(key) ? 'not saved yet' : 'saved';
  const proposal = state.proposals.value.get(key);
  const words = [level, columnName(column), ...(answer ? [answer, kept] : ['empty'])];
  if (!state.asked.value.has(key)) words.push('not asked here');
  if (proposal) {
    words.push(`AI proposes ${chance(wordsOf(column, proposal.score), probability(proposal))}`);
  }
  if (state.missing.value.has(key)) words.push('still to be answered');
  return words.join(', ');
}

interface Props {
  cell: Cell;
  level: string;
  column: Column;
  /** The item's name is written in the cell: it has no heading. */
  isNamed?: boolean;
}

export function CellButton({ cell, level, column, isNamed = false }: Props) {
  const key = keyAt(state.grid.value, cell);
  const value = state.values.value.get(key);
  const proposal = state.proposals.value.get(key);
  const verdict = state.verdicts.value.get(key) ?? null;
  const isActive = state.activeKey.value === key;
  const isAsked = state.asked.value.has(key);
  const look = cellState(value, proposal ? { score: proposal.score, verdict } : null, isAsked);
  const classes = [
    'cell',
    look,
    isActive && 'active',
    verdict === 'rejected' && 'rejected',
    state.missing.value.has(key) && 'missing',
    state.unsaved.value.has(key) && 'unsaved',
    value?.comment && 'commented',
  ];
  const words = isAsked
    ? value?.notGradable
      ? 'NG'
      : (value?.score ?? (proposal ? '' : '·'))
    : '–';
  return (
    <button
      type="button"
      class={classes.filter(Boolean).join(' ')}
      aria-label={spoken(level, column, key, value)}
      aria-current={isActive}
      aria-disabled={!isAsked}
      data-cell={key}
      data-state={look}
      tabIndex={isActive ? 0 : -1}
      onClick={() => isAsked && activate(cell)}
    >
      {isNamed && (
        <span class="cell-name" title={columnName(column)}>
          {column.name}
          {column.side && `, ${column.side}`}
        </span>
      )}
      <span class="cell-answer">{words}</span>
      {proposal && isAsked && (
        <span
          class="cell-proposal"
          title={`AI: ${column.scale.scores
            .map((score) => chance(wordsOf(column, score), probability(proposal, score)))
            .join(', ')}`}
        >
          {proposal.score}
          <i style={{ width: `${Math.round(probability(proposal) * 100)}%` }} />
        </span>
      )}
    </button>
  );
}
