/** The grid: levels by items and sides, with the words of the active cell's scale beneath. */
import { useEffect } from 'preact/hooks';

import { activate, activateLevel } from '../reading/answers';
import { panelDocument } from '../reading/secondWindow';
import * as state from '../reading/state';
import { chance } from '../reading/states';
import { type Cell, cellState, type CellValue, type Column, keyAt } from './model';
import { columnName, probability, ScaleButtons, wordsOf } from './ScaleButtons';

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

function GridCell({ cell, level, column }: { cell: Cell; level: string; column: Column }) {
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
    <td>
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
    </td>
  );
}

/** The focus goes with the active cell, unless it is somewhere else on the page. */
function useFocusOn({ level, column }: Cell, reading: number | undefined): void {
  useEffect(() => {
    const home = panelDocument();
    const focused = home.activeElement;
    if (focused !== home.body && !focused?.closest('.grid, .scale, .images')) return;
    if (focused?.tagName === 'INPUT') return;
    home.querySelector<HTMLElement>('.cell[aria-current="true"]')?.focus({ preventScroll: true });
  }, [level, column, reading]);
}

/** One heading an item; its sides stand beneath, right first. */
function Head({ columns }: { columns: readonly Column[] }) {
  const items = columns.filter(
    (one, at) => columns.findIndex(({ code }) => code === one.code) === at,
  );
  const sidesOf = (code: string) => columns.filter((one) => one.code === code);
  const hasSides = columns.some(({ side }) => side);
  return (
    <thead>
      <tr>
        <th scope="col" rowSpan={hasSides ? 2 : 1}>
          Level
        </th>
        {items.map((one) => {
          const sides = sidesOf(one.code);
          return (
            <th
              key={one.code}
              scope={one.side ? 'colgroup' : 'col'}
              colSpan={sides.length}
              rowSpan={hasSides && !one.side ? 2 : 1}
              title={one.name}
            >
              {hasSides && one.short_name.length > 6 && !one.side
                ? `${one.short_name.slice(0, 5)}.`
                : one.short_name}
              {!one.is_required && <small> opt.</small>}
            </th>
          );
        })}
      </tr>
      {hasSides && (
        <tr class="sides">
          {columns
            .filter(({ side }) => side)
            .map((one) => (
              <th key={one.code + one.side} scope="col" title={`${one.name}, ${one.side}`}>
                {one.side === 'right' ? 'R' : 'L'}
              </th>
            ))}
        </tr>
      )}
    </thead>
  );
}

export function GradingPanel() {
  const { levels, columns } = state.grid.value;
  const { level, column } = state.active.value;
  const activeColumn = columns[column];
  const activeLevel = levels[level];
  useFocusOn(state.active.value, state.reading.value?.id);
  return (
    <>
      <table
        class={`grid ${columns.length > 5 ? 'dense' : ''}`}
        aria-label="Grades by disc level, item and side"
      >
        <Head columns={columns} />
        <tbody>
          {levels.map((name, row) => (
            <tr key={name} class={row === level ? 'active-row' : ''}>
              <th scope="row">
                <button type="button" tabIndex={-1} onClick={() => activateLevel(name)}>
                  {name}
                </button>
              </th>
              {columns.map((one, at) => (
                <GridCell
                  key={one.code + one.side}
                  cell={{ level: row, column: at }}
                  level={name}
                  column={one}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {activeColumn && activeLevel && <ScaleButtons level={activeLevel} column={activeColumn} />}
    </>
  );
}
