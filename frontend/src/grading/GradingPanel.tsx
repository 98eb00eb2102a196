/** The grid: levels by items, with the words of the active cell's scale beneath. */
import { useEffect } from 'preact/hooks';

import { activate, activateLevel } from '../reading/answers';
import { chance } from '../reading/states';
import * as state from '../reading/state';
import { type Cell, cellKey, cellState, type CellValue, type GridItem } from './model';
import { probability, ScaleButtons, wordsOf } from './ScaleButtons';

function spoken(level: string, item: GridItem, value: CellValue | undefined): string {
  const key = cellKey(level, item.code, item.side);
  const answer = value?.notGradable
    ? 'not gradable'
    : value && value.score !== null
      ? wordsOf(item, value.score)
      : '';
  const kept = state.unsaved.value.has(key) ? 'not saved yet' : 'saved';
  const proposal = state.proposals.value.get(key);
  const words = [
    level,
    item.name,
    ...(item.side ? [item.side] : []),
    ...(answer ? [answer, kept] : ['empty']),
  ];
  if (proposal) {
    words.push(`AI proposes ${chance(wordsOf(item, proposal.score), probability(proposal))}`);
  }
  if (state.missing.value.has(key)) words.push('still to be answered');
  return words.join(', ');
}

function GridCell({ cell, level, item }: { cell: Cell; level: string; item: GridItem }) {
  const key = cellKey(level, item.code, item.side);
  const value = state.values.value.get(key);
  const proposal = state.proposals.value.get(key);
  const isActive = state.active.value.level === cell.level && state.active.value.item === cell.item;
  const look = cellState(value, proposal?.score ?? null);
  const classes = [
    'cell',
    look,
    isActive && 'active',
    state.missing.value.has(key) && 'missing',
    state.unsaved.value.has(key) && 'unsaved',
  ];
  return (
    <td>
      <button
        type="button"
        class={classes.filter(Boolean).join(' ')}
        aria-label={spoken(level, item, value)}
        aria-current={isActive}
        data-cell={key}
        data-state={look}
        tabIndex={isActive ? 0 : -1}
        onClick={() => activate(cell)}
      >
        <span class="cell-answer">
          {value?.notGradable ? 'NG' : (value?.score ?? (proposal ? '' : '·'))}
        </span>
        {proposal && (
          <span
            class="cell-proposal"
            title={`AI: ${item.scale.scores
              .map((score) => chance(wordsOf(item, score), probability(proposal, score)))
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
function useFocusOn({ level, item }: Cell, reading: number | undefined): void {
  useEffect(() => {
    const focused = document.activeElement;
    if (focused !== document.body && !focused?.closest('.grid, .scale, .images')) return;
    document
      .querySelector<HTMLElement>('.cell[aria-current="true"]')
      ?.focus({ preventScroll: true });
  }, [level, item, reading]);
}

export function GradingPanel() {
  const { levels, items } = state.grid.value;
  const { level, item } = state.active.value;
  const activeItem = items[item];
  const activeLevel = levels[level];
  useFocusOn(state.active.value, state.reading.value?.id);
  return (
    <>
      <table class="grid" aria-label="Grades by disc level and item">
        <thead>
          <tr>
            <th scope="col">Level</th>
            {items.map((one) => (
              <th key={one.code + one.side} scope="col" title={one.name}>
                {one.short_name} {one.side.charAt(0).toUpperCase()}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {levels.map((name, row) => (
            <tr key={name} class={row === level ? 'active-row' : ''}>
              <th scope="row">
                <button type="button" tabIndex={-1} onClick={() => activateLevel(name)}>
                  {name}
                </button>
              </th>
              {items.map((one, column) => (
                <GridCell
                  key={one.code + one.side}
                  cell={{ level: row, item: column }}
                  level={name}
                  item={one}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {activeItem && activeLevel && <ScaleButtons level={activeLevel} item={activeItem} />}
    </>
  );
}
