/** What is asked of the active level only, where so much is that a row couldn't hold it. */
import { activate } from '../reading/answers';
import * as state from '../reading/state';
import { CellButton } from './CellButton';
import { type Cell, isAnswered, isBeneath, keyAt } from './model';

/** Asked cells of a level that stand beneath the grid. */
function cellsOf(level: number): Cell[] {
  const { value: grid } = state.grid;
  return grid.columns
    .map((_column, column) => ({ level, column }))
    .filter((cell) => isBeneath(grid, cell.column) && state.asked.value.has(keyAt(grid, cell)));
}

const isEmpty = (cell: Cell) => !isAnswered(state.values.value.get(keyAt(state.grid.value, cell)));

/** In the row of each level: how many of them are answered; the way there. */
export function BeneathCount({ level }: { level: number }) {
  const cells = cellsOf(level);
  if (!cells.length) return <span class="beneath-none">–</span>;
  const { value: grid } = state.grid;
  const done = cells.filter((cell) => !isEmpty(cell)).length;
  const isMissing = cells.some((cell) => state.missing.value.has(keyAt(grid, cell)));
  return (
    <button
      type="button"
      class={`cell beneath-count ${isMissing ? 'missing' : ''}`}
      tabIndex={-1}
      aria-label={`${grid.levels[level]}, more: ${done} of ${cells.length} answered`}
      onClick={() => activate(cells.find(isEmpty) ?? (cells[0] as Cell))}
    >
      {done}/{cells.length}
    </button>
  );
}

/** "L3, where Fracture is 1 or more": items with a condition, in columns to be read downwards. */
export function Beneath({ level }: { level: number }) {
  const cells = cellsOf(level);
  const { levels, columns } = state.grid.value;
  const name = levels[level] ?? '';
  const parents = new Set(cells.map(({ column }) => columns[column]?.depends_on?.item));
  const words = [...parents].map((code) => columns.find((one) => one.code === code)?.short_name);
  if (!cells.length) return null;
  return (
    <section class="beneath" aria-label={`More of ${name}`}>
      <h2>
        {name} <span>asked because of {words.join(', ')}</span>
      </h2>
      <div class="beneath-cells">
        {cells.map((cell) => {
          const column = columns[cell.column];
          return (
            column && (
              <CellButton
                key={column.code + column.side}
                cell={cell}
                level={name}
                column={column}
                isNamed
              />
            )
          );
        })}
      </div>
    </section>
  );
}
