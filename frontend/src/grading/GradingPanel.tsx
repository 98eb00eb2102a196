/** The grid: levels by items and sides, with the words of the active cell's scale beneath. */
import { useEffect } from 'preact/hooks';

import { activateLevel } from '../reading/answers';
import { panelDocument } from '../reading/secondWindow';
import * as state from '../reading/state';
import { Beneath, BeneathCount } from './Beneath';
import { CellButton } from './CellButton';
import { type Cell, type Column, isBeneath, kindOf, type SiteKind } from './model';
import { ScaleButtons } from './ScaleButtons';

/** More rows than this are lower. */
const LONG = 6;

/** The focus goes with the active cell, unless it is somewhere else on the page. */
function useFocusOn({ level, column }: Cell, reading: number | undefined): void {
  useEffect(() => {
    const home = panelDocument();
    const focused = home.activeElement;
    if (focused !== home.body && !focused?.closest('.grid, .scale, .beneath, .images')) return;
    if (focused?.tagName === 'INPUT') return;
    const cell = home.querySelector<HTMLElement>('.cell[aria-current="true"]');
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: 'nearest' });
  }, [level, column, reading]);
}

/** One heading an item; its sides stand beneath, right first. */
function Head({ columns, hasMore }: { columns: readonly Column[]; hasMore: boolean }) {
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
        {hasMore && (
          <th scope="col" rowSpan={hasSides ? 2 : 1} title="Items asked beneath the grid">
            More
          </th>
        )}
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

interface BlockProps {
  kind: SiteKind;
  /** Places in the grid: of the levels, and of the columns that stand in the row. */
  rows: readonly number[];
  beside: readonly number[];
  hasMore: boolean;
}

/** The kinds of levels that there are items for, discs first. */
function blocks(): BlockProps[] {
  const { value: grid } = state.grid;
  return (['disc', 'vertebra'] as const).flatMap((kind) => {
    const own = [...grid.columns.keys()].filter((at) => grid.columns[at]?.site_kind === kind);
    const rows = [...grid.levels.keys()].filter((at) => kindOf(grid.levels[at] ?? '') === kind);
    const beside = own.filter((at) => !isBeneath(grid, at));
    return own.length ? [{ kind, rows, beside, hasMore: beside.length < own.length }] : [];
  });
}

function Block({ kind, rows, beside, hasMore, isLong }: BlockProps & { isLong: boolean }) {
  const { levels, columns } = state.grid.value;
  const own = beside.flatMap((at) => columns[at] ?? []);
  const width = own.length + Number(hasMore);
  return (
    <table
      class={`grid ${width > 5 || isLong ? 'dense' : ''} ${isLong ? 'long' : ''}`}
      style={{ '--columns': width }}
      aria-label={`Grades by ${kind === 'disc' ? 'disc level' : 'vertebra'}, item and side`}
    >
      <Head columns={own} hasMore={hasMore} />
      <tbody>
        {rows.map((row) => {
          const name = levels[row] ?? '';
          return (
            <tr key={name} class={row === state.active.value.level ? 'active-row' : ''}>
              <th scope="row">
                <button type="button" tabIndex={-1} onClick={() => activateLevel(name)}>
                  {name}
                </button>
              </th>
              {beside.map((at, place) => (
                <td key={at}>
                  <CellButton
                    cell={{ level: row, column: at }}
                    level={name}
                    column={own[place] as Column}
                  />
                </td>
              ))}
              {hasMore && (
                <td>
                  <BeneathCount level={row} />
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function GradingPanel() {
  const { levels, columns } = state.grid.value;
  const { level, column } = state.active.value;
  const activeColumn = columns[column];
  const activeLevel = levels[level];
  useFocusOn(state.active.value, state.reading.value?.id);
  const all = blocks();
  const isLong = all.some(({ rows }) => rows.length > LONG); // rows of both kinds are as high
  return (
    <>
      {all.length > 1 ? (
        <div class="blocks">
          {all.map((one) => (
            <Block key={one.kind} {...one} isLong={isLong} />
          ))}
        </div>
      ) : (
        all.map((one) => <Block key={one.kind} {...one} isLong={isLong} />)
      )}
      {activeColumn && activeLevel && <ScaleButtons level={activeLevel} column={activeColumn} />}
      <Beneath level={level} />
    </>
  );
}
