import { describe, expect, it } from 'vitest';

import type { LevelMark, Reading, ViewerSeries } from '../src/api/types';
import {
  type Anchor,
  anchorAt,
  bodiesAtEnds,
  bodiesBetween,
  nearestDisc,
  withBodies,
} from '../src/geometry/levels';
import { length, type SlicePlane, sub, type Vec3 } from '../src/geometry/plane';
import { aim, crosshairAt } from '../src/viewer/crosshair';
import { frameNote, labelsOn, levelNote, type Mark, markOf } from '../src/viewer/levels';
import { frameOfMarks } from '../src/viewer/slices';

const LEVELS = ['L1/L2', 'L2/L3', 'L3/L4', 'L4/L5', 'L5/S1'];

/** A lordotic spine: discs every 30 degrees of a circle of 130 mm behind it. */
const spot = (degrees: number): Vec3 => {
  const angle = (degrees * Math.PI) / 180;
  return [0, 130 - 130 * Math.cos(angle), 130 * Math.sin(angle)];
};
const discs: Anchor[] = LEVELS.map((level, at) => ({
  kind: 'disc',
  level,
  center: spot(30 - 15 * at),
}));

describe('bodies between discs', () => {
  const bodies = bodiesBetween(discs);

  it('carry the name that both discs share', () => {
    expect(bodies.map(({ level }) => level)).toEqual(['L2', 'L3', 'L4', 'L5']);
    expect(bodiesBetween([discs[0], discs[2]] as Anchor[])).toEqual([]);
  });

  it('lie on the curve of the spine where both neighbours are known', () => {
    const l3 = bodies[1]?.center as Vec3;
    expect(length(sub(l3, spot(7.5)))).toBeLessThan(0.15);
    const straight = ((discs[1]?.center[1] ?? 0) + (discs[2]?.center[1] ?? 0)) / 2;
    expect(l3[1]).toBeLessThan(straight - 0.5);
  });

  it('are followed by one above and one below, where only a slice is named', () => {
    expect(bodiesAtEnds(discs).map(({ level }) => level)).toEqual(['L1', 'S1']);
    expect(bodiesAtEnds(discs.slice(0, 1))).toEqual([]);
  });

  it('give way to those that are marked', () => {
    const marked: Anchor = { kind: 'vertebra', level: 'L3', center: [0, 1, 2] };
    const known = withBodies([...discs, marked], false);
    expect(known.filter(({ level }) => level === 'L3')).toEqual([marked]);
  });
});

/** An axial slice at the height z, 200 mm square. */
const axial = (z: number): SlicePlane => ({
  position: [-100, -100, z],
  row: [1, 0, 0],
  column: [0, 1, 0],
  widthMm: 200,
  heightMm: 200,
});
const sagittal: SlicePlane = {
  position: [0, -100, 150],
  row: [0, 1, 0],
  column: [0, 0, -1],
  widthMm: 200,
  heightMm: 300,
};
const coronal: SlicePlane = { ...sagittal, position: [-100, 4, 150], row: [1, 0, 0] };

describe('an axial slice', () => {
  const anchors = withBodies(discs, true);

  it.each([
    [spot(15)[2] + 3, 'L2/L3'],
    [spot(15)[2] + 9, 'L2'],
    [spot(7.5)[2], 'L3'],
    [spot(30)[2] + 12, 'L1'],
    [spot(-30)[2] - 12, 'S1'],
  ])('at %f mm is at %s', (z, level) => {
    expect(anchorAt(axial(z), anchors)?.level).toBe(level);
  });

  it('far from everything is nowhere', () => {
    expect(anchorAt(axial(200), anchors)).toBeNull();
  });
});

it('the disc nearest to a point is told', () => {
  expect(nearestDisc([20, 0, 30], discs)?.level).toBe('L2/L3');
  expect(nearestDisc([0, 0, 0], [])).toBeNull();
});

const series = (id: number, plane: string, frame = '1.2', isPrior = false): ViewerSeries =>
  ({
    id,
    plane,
    frame_of_reference_uid: frame,
    is_prior: isPrior,
    frames: [{ position_lps: [0, 0, 0] }],
  }) as unknown as ViewerSeries;

const marks = (frame = '1.2'): Mark[] =>
  discs.map((disc, at) => ({ ...disc, style: at === 4 ? 'ai' : 'given', frame }));

describe('labels', () => {
  it('of a sagittal slice stand in front of discs and bodies, the canal lies behind', () => {
    const viewport = { series: series(1, 'sagittal'), plane: sagittal };
    const labels = labelsOn(viewport, marks(), 'L3/L4');
    expect(labels.map(({ level }) => level).sort()).toEqual(
      [...LEVELS, 'L2', 'L3', 'L4', 'L5'].sort(),
    );
    for (const { at, tip, center } of labels) {
      expect(at[1]).toBeLessThan(tip[1]);
      expect(tip[1]).toBeLessThan(center[1] - 15);
    }
    expect(labels.filter(({ isActive }) => isActive).map(({ level }) => level)).toEqual(['L3/L4']);
    expect(labels.find(({ level }) => level === 'L5/S1')?.style).toBe('ai');
  });

  it('of a coronal slice stand beside the discs that it passes', () => {
    const labels = labelsOn({ series: series(1, 'coronal'), plane: coronal }, marks(), '');
    expect(labels.map(({ level }) => level)).toContain('L3/L4');
    expect(labels.every(({ at, center }) => Math.abs(at[0] - center[0]) > 40)).toBe(true);
  });

  it('are none in another frame of reference, which is said', () => {
    const other = { series: series(1, 'sagittal', '9.9'), plane: sagittal };
    expect(labelsOn(other, marks(), '')).toEqual([]);
    expect(frameNote(other, marks())?.words).toContain("levels aren't marked in this series");
    expect(frameNote({ series: series(1, 'sagittal') }, marks())).toBeNull();
    expect(frameNote(other, [])).toBeNull();
    const prior = { series: series(2, 'sagittal', '8.8', true) };
    expect(frameNote(prior, marks())?.words).toContain('the prior exam');
  });
});

describe('the note of a slice', () => {
  it('names disc or body, and whether AI says so', () => {
    const at = (z: number) => levelNote({ series: series(1, 'axial'), plane: axial(z) }, marks());
    expect(at(1)).toEqual({ words: 'L3/L4 disc, 1 mm from the centre', isAi: false });
    expect(at(spot(-7.5)[2])).toEqual({ words: 'L4 body', isAi: false });
    expect(at(spot(-30)[2])).toEqual({ words: 'L5/S1 disc, 0 mm from the centre', isAi: true });
  });

  it('of a coronal slice names the disc that it passes nearest', () => {
    const note = levelNote({ series: series(1, 'coronal'), plane: coronal }, marks());
    expect(note?.words).toBe('L2/L3 disc, 0 mm from the centre');
  });

  it('is none on a sagittal slice, which has labels', () => {
    expect(levelNote({ series: series(1, 'sagittal'), plane: sagittal }, marks())).toBeNull();
  });
});

describe('the frame of marks', () => {
  const reading = (...all: ViewerSeries[]) => ({ series: all }) as unknown as Reading;

  it('is that of the sagittal images of this exam', () => {
    const all = [series(1, 'sagittal'), series(2, 'axial', '7'), series(3, 'sagittal', '8', true)];
    expect(frameOfMarks(reading(...all))).toBe('1.2');
  });

  it('is unknown where those differ', () => {
    expect(frameOfMarks(reading(series(1, 'sagittal'), series(2, 'sagittal', '7')))).toBe('');
  });

  it('of one series without a frame of reference is its own', () => {
    expect(frameOfMarks(reading(series(4, 'sagittal', '')))).toBe('series 4');
  });

  it('may be named by the mark', () => {
    const mark: LevelMark = {
      kind: 'disc',
      level: 'L4/L5',
      position_lps: [0, 0, 0],
      source: 'case',
    };
    expect(markOf({ ...mark }, '1.2').frame).toBe('1.2');
    expect(markOf({ ...mark, frame_of_reference_uid: '3' }, '1.2').frame).toBe('3');
  });
});

describe('a crosshair', () => {
  const from = { series: series(1, 'sagittal') };
  const cross = (point: Vec3) => crosshairAt(from, point) ?? { point, frame: '' };
  const viewport = (of: ViewerSeries) => ({ series: of, planes: [axial(0)] });

  it('is the very point in the same frame of reference', () => {
    expect(aim(viewport(series(2, 'axial')), cross([1, 2, 3]), [])).toEqual({
      point: [1, 2, 3],
      isSame: true,
      note: '',
    });
  });

  it('goes by level where both frames have it marked', () => {
    const there = discs.map((disc) => ({
      ...disc,
      center: sub(disc.center, [0, 0, 50]),
      style: 'given' as const,
      frame: '9.9',
    }));
    const found = aim(viewport(series(2, 'axial', '9.9')), cross([3, 0, 2]), [
      ...marks(),
      ...there,
    ]);
    expect(found).toMatchObject({ point: [0, 0, -50], isSame: false });
    expect(found.note).toContain('L3/L4');
  });

  it('guesses nothing where only one frame is known, and says so', () => {
    const found = aim(viewport(series(2, 'axial', '9.9')), cross([3, 0, 2]), marks());
    expect(found.point).toBeNull();
    expect(found.note).toContain('not marked in both');
  });

  it('is not shown where positions are unknown', () => {
    const found = aim({ series: series(2, 'axial'), planes: [null] }, cross([3, 0, 2]), marks());
    expect(found.point).toBeNull();
  });
});
