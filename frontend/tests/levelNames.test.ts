import { describe, expect, it } from 'vitest';

import {
  countIn,
  isFaint,
  levelName,
  named,
  type Placed,
  placesOfMarks,
  shifted,
  unsure,
} from '../src/geometry/levelNames';

/** Bodies and discs from rank `top` down to the sacrum, 35 mm apart. */
function column(top: number): Placed[] {
  return Array.from({ length: top + 1 }, (_, at) => top - at).flatMap((rank): Placed[] => {
    const body: Placed = { kind: 'vertebra', rank, point: [0, 0, rank * 35], isSure: true };
    const disc: Placed = {
      kind: 'disc',
      rank: rank - 1,
      point: [0, 0, rank * 35 - 17],
      isSure: true,
    };
    return rank ? [body, disc] : [body];
  });
}

const levels = (places: readonly Placed[], count: number) =>
  named(places, count).map(({ level }) => level);

describe('names of levels', () => {
  it('count up from the sacrum, with four, five and six lumbar vertebrae', () => {
    const names = (count: number) =>
      [0, 1, 2].map((rank) => levelName({ kind: 'disc', rank }, count));
    expect(names(5)).toEqual(['L5/S1', 'L4/L5', 'L3/L4']);
    expect(names(4)).toEqual(['L4/S1', 'L3/L4', 'L2/L3']);
    expect(names(6)).toEqual(['L6/S1', 'L5/L6', 'L4/L5']);
    expect(levelName({ kind: 'disc', rank: 5 }, 5)).toBe('T12/L1');
    expect(levelName({ kind: 'disc', rank: 6 }, 6)).toBe('T12/L1');
  });

  it('end at S1 and at T11', () => {
    const all = levels(column(9), 5);
    expect(all[0]).toBe('T11');
    expect(all.at(-1)).toBe('S1');
    expect(all).toContain('L5/S1');
    expect(levels(shifted(column(9), -2), 5).at(-1)).toBe('S1');
  });

  it('shift together by one when one of them is named anew', () => {
    const places = column(5);
    const before = named(places, 5);
    const after = named(shifted(places, 1), 5);
    const at = (all: typeof before, level: string) =>
      all.find((one) => one.level === level && one.kind === 'disc')?.point;
    expect(at(after, 'L4/L5')).toEqual(at(before, 'L5/S1'));
    expect(at(after, 'L3/L4')).toEqual(at(before, 'L4/L5'));
    expect(at(after, 'L5/S1')).toBeUndefined();
  });

  it('say for how many vertebrae they were given', () => {
    expect(countIn(['L5/S1', 'S1'])).toBe(5);
    expect(countIn(['L4/S1'])).toBe(4);
    expect(countIn(['L5/L6', 'L6/S1'])).toBe(6);
  });
});

describe('levels on fat-suppressed images', () => {
  it('are all to be checked', () => {
    const isFaintOn = (weighting: string, label: string) => isFaint({ weighting, label });
    expect(isFaintOn('STIR', 'Sagittal STIR')).toBe(true);
    expect(isFaintOn('T2', 'Sagittal T2 FS')).toBe(true);
    expect(isFaintOn('T2', 'Sagittal T2')).toBe(false);
    const places = column(5);
    expect(unsure(places).map(({ isSure }) => isSure)).toEqual(places.map(() => false));
    expect(unsure(places).map(({ point }) => point)).toEqual(places.map(({ point }) => point));
  });
});

describe('marks that are there already', () => {
  it('come back as they were, with the bodies that their discs imply', () => {
    const discs = named(column(5), 5).filter(({ kind }) => kind === 'disc');
    const marks = discs.map(({ kind, level, point }) => ({
      kind,
      level,
      position_lps: [...point],
    }));
    const places = placesOfMarks(marks);
    const again = named(places, 5);
    for (const disc of discs) {
      const found = again.find(({ kind, level }) => kind === 'disc' && level === disc.level);
      expect(found?.point).toEqual(disc.point);
    }
    expect(again.filter(({ kind }) => kind === 'vertebra').map(({ level }) => level)).toEqual([
      'L1',
      'L2',
      'L3',
      'L4',
      'L5',
      'S1',
    ]);
    expect(levels(places, 6)).toContain('L6/S1'); // the same bodies, counted from the sacrum
  });
});
