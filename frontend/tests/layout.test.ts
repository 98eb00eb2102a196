import { describe, expect, it } from 'vitest';

import type { Reading } from '../src/api/types';
import { areaOf, assign, templateOf } from '../src/viewer/layout';
import {
  allSeries,
  chosenHanging,
  hungSeries,
  seriesOfLayouts,
  withByHand,
} from '../src/viewer/slices';

describe('a layout', () => {
  it('keeps the viewport of a series that is shown again', () => {
    expect(assign([1, 2, 3], [2, 3])).toEqual([1, 2]);
    expect(assign([1, 2, 3], [9, 3, 1, 8])).toEqual([1, 2, 0, 3]);
  });

  it('makes viewports as it needs them, also for a slot without a series', () => {
    expect(assign([], [5, null, 6])).toEqual([0, 1, 2]);
    expect(assign([null, 5], [5, null])).toEqual([1, 0]);
  });

  it('shows a series twice in two viewports', () => {
    expect(assign([4], [4, 4])).toEqual([0, 1]);
  });

  it('is a grid with rows, columns and spans', () => {
    expect(templateOf({ rows: 2, columns: 3 })).toContain('repeat(2,');
    expect(areaOf({ row: 0, column: 1, row_span: 2, column_span: 2 })).toBe(
      '1 / 2 / span 2 / span 2',
    );
  });
});

const slot = (id: number | null, title: string) => ({ series_id: id, title });
const reading = {
  series: [
    { id: 1, title: 'Sagittal T1', is_prior: false },
    { id: 2, title: 'Axial T2', is_prior: false },
    { id: 7, title: 'Sagittal T1', is_prior: true, performed_on: '2024-03-02' },
  ],
  hanging: {
    layouts: [
      { slots: [slot(1, 'Sagittal T1'), slot(null, 'Axial T1')] },
      { slots: [slot(7, 'Prior: Sagittal T1'), slot(2, 'Axial T2'), slot(1, 'Sagittal T1')] },
    ],
  },
} as unknown as Reading;

describe('what hangs', () => {
  it('is told slot by slot, also where the exam has no such series', () => {
    expect(hungSeries(reading).map(({ title, series }) => [title, series?.id])).toEqual([
      ['Sagittal T1', 1],
      ['Axial T1', undefined],
    ]);
  });

  it('of the prior exam carries the word and the date', () => {
    expect(hungSeries(reading, 1)[0]?.title).toBe('Prior 2024-03-02: Sagittal T1');
  });

  it('is fetched layout by layout, each series once', () => {
    expect(seriesOfLayouts(reading, 1).map(({ id }) => id)).toEqual([7, 2, 1]);
  });
});

describe('a series hung by hand', () => {
  const series = [
    { id: 1, title: 'Sagittal T1', is_prior: false },
    { id: 7, title: 'Axial T1', is_prior: false },
    { id: 9, title: 'Sagittal T2', is_prior: true, performed_on: '2024-03-02' },
  ];
  const reading = {
    series,
    hanging: { name: '', layouts: [{ slots: [slot(1, 'Sagittal T1'), slot(null, 'Axial T2')] }] },
  } as unknown as Reading;

  it('takes the place of what the protocol hangs in that slot alone', () => {
    const hung = hungSeries(reading, 0, new Map([[1, 7]]));
    expect(hung.map(({ title, series: one }) => [title, one?.id])).toEqual([
      ['Sagittal T1', 1],
      ['Axial T1', 7],
    ]);
  });

  it('says that it is of the prior exam, and one that is not there changes nothing', () => {
    expect(hungSeries(reading, 0, new Map([[0, 9]]))[0]?.title).toBe(
      'Prior 2024-03-02: Sagittal T2',
    );
    expect(hungSeries(reading, 0, new Map([[0, 99]]))).toEqual(hungSeries(reading));
  });

  it('is by hand no more where the protocol hangs it anyway', () => {
    const byHand = withByHand(reading, 0, new Map([[1, 7]]), 0, 9);
    expect([...byHand]).toEqual([
      [1, 7],
      [0, 9],
    ]);
    expect([...withByHand(reading, 0, byHand, 0, 1)]).toEqual([[1, 7]]);
  });
});

describe('what the reader has hung last', () => {
  const series = [1, 2, 7].map((id) => ({ id, title: `Series ${id}`, is_prior: false }));
  const layouts = [
    { name: 'Two', slots: [slot(1, 'T1'), slot(2, 'T2')] },
    { name: 'One', slots: [slot(2, 'T2')] },
  ];
  const with_ = (chosen: unknown, frozen: string[] = []) =>
    ({
      series,
      protocol: { frozen },
      hanging: { name: '', layouts, chosen },
    }) as unknown as Reading;

  it('is a layout, and by hand only what the protocol does not hang there', () => {
    const chosen = chosenHanging(with_({ layout: 'Two', hung: [7, 2] }));
    expect([chosen.layout, [...chosen.byHand]]).toEqual([0, [[0, 7]]]);
    const other = chosenHanging(with_({ layout: 'One', hung: [2] }));
    expect([other.layout, [...other.byHand]]).toEqual([1, []]);
  });

  it('never is a series of another case, nor one in a slot that is not there', () => {
    const { byHand } = chosenHanging(with_({ layout: 'One', hung: [99, 7] }));
    expect([...byHand]).toEqual([]);
  });

  it('is what the protocol says where that has frozen the layout, or has it no more', () => {
    for (const one of [
      with_({ layout: 'One', hung: [7] }, ['layout']),
      with_({ layout: 'Gone', hung: [7] }),
      with_(null),
    ]) {
      expect(chosenHanging(one)).toEqual({ layout: 0, byHand: new Map() });
    }
  });

  it('is fetched first, also what hangs in no layout', () => {
    const reading = with_({ layout: 'One', hung: [7] });
    expect(allSeries(reading, chosenHanging(reading)).map(({ id }) => id)).toEqual([7, 2, 1]);
  });
});
