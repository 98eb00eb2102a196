import { describe, expect, it, vi } from 'vitest';

import type { Frame, Reading, ViewerSeries } from '../src/api/types';
import type { SlicePlane } from '../src/geometry/plane';
import { linkOf } from '../src/viewer/links';
import { middleOut, Prefetcher } from '../src/viewer/prefetch';
import { firstIndex, firstSlices, planesOf, sharesFrame } from '../src/viewer/slices';

const frame = (x: number | null): Frame => ({
  url: `/frames/${x}`,
  stack_id: 1,
  stack_position: 0,
  rows: 11,
  columns: 21,
  row_spacing_mm: 2,
  column_spacing_mm: 1,
  position_lps: x === null ? null : [x, -10, 10],
  orientation_lps: x === null ? null : [0, 1, 0, 0, 0, -1],
  rescale_slope: 1,
  rescale_intercept: 0,
  bits_allocated: 16,
  is_signed: false,
  samples_per_pixel: 1,
  pixel_min: 0,
  pixel_max: 4095,
});

const series = (xs: (number | null)[], frameOfReference = '1.2'): ViewerSeries =>
  ({
    plane: 'sagittal',
    frame_of_reference_uid: frameOfReference,
    frames: xs.map(frame),
  }) as unknown as ViewerSeries;

const viewport = (of: ViewerSeries, index = 0) => ({ series: of, planes: planesOf(of), index });

describe('a frame', () => {
  it('becomes a plane from the centre of its first pixel to that of its last', () => {
    const [plane] = planesOf(series([4]));
    expect(plane).toMatchObject({ position: [4, -10, 10], widthMm: 20, heightMm: 20 });
  });

  it('without a position has no plane', () => {
    expect(planesOf(series([null]))).toEqual([null]);
  });
});

describe('the slice shown first', () => {
  it('is the one at the mark of the level', () => {
    expect(firstIndex(planesOf(series([-8, -4, 0, 4])), [3, 0, 0])).toBe(3);
  });

  it('is the middle one without a mark or without geometry', () => {
    expect(firstIndex(planesOf(series([-8, -4, 0, 4])), null)).toBe(2);
    expect(firstIndex(planesOf(series([null, null, null])), [3, 0, 0])).toBe(1);
  });

  it('is asked for of every series that the exam has', () => {
    const reading = {
      level_marks: [{ kind: 'disc', level: 'L4/L5', position_lps: [-8, 0, 0], source: 'case' }],
      series: [
        { ...series([-8, -4, 0]), id: 1 },
        { ...series([null]), id: 2 },
      ],
      hanging: {
        name: '',
        layouts: [{ slots: [{ series_id: 1 }, { series_id: null }, { series_id: 2 }] }],
      },
    } as unknown as Reading;
    expect(firstSlices(reading, 'L4/L5')).toEqual(['/frames/-8', '/frames/null']);
  });
});

describe('linked scroll', () => {
  it('goes by position within one frame of reference', () => {
    expect(linkOf(viewport(series([0, 4])), viewport(series([1, 5, 9])))).toBe('position');
  });

  it('goes by slice number across frames of reference and without geometry', () => {
    const other = viewport(series([0], '9.9'));
    expect(linkOf(viewport(series([0])), other)).toBe('number');
    expect(linkOf(viewport(series([null])), viewport(series([0])))).toBe('number');
  });

  it('takes an unknown frame of reference for no common one', () => {
    expect(sharesFrame(series([0], ''), series([0], ''))).toBe(false);
    expect(linkOf(viewport(series([0], '')), viewport(series([0], '')))).toBe('number');
  });

  it('never binds slices that cross, nor a viewport to itself', () => {
    const axial = viewport(series([0]));
    const turned = axial.planes.map((plane) => ({ ...plane, row: [1, 0, 0] }) as SlicePlane);
    expect(linkOf(viewport(series([0])), { ...axial, planes: turned })).toBeNull();
    expect(linkOf(axial, axial)).toBeNull();
  });
});

describe('slices', () => {
  it('are wanted from the one on screen outwards', () => {
    expect(middleOut(5, 3)).toEqual([3, 2, 4, 1, 0]);
  });

  it('are loaded in order, five at a time', async () => {
    const release: (() => void)[] = [];
    const begun: string[] = [];
    const prefetcher = new Prefetcher((imageId) => {
      begun.push(imageId);
      return new Promise<void>((done) => release.push(done));
    });
    prefetcher.add(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(begun.join('')).toBe('abcde');
    release.shift()?.();
    await vi.waitFor(() => expect(begun.join('')).toBe('abcdef'));
  });

  it('that fail once are tried again, and those that can not be had are counted', async () => {
    const attempts = new Map<string, number>();
    const prefetcher = new Prefetcher((imageId) => {
      const count = (attempts.get(imageId) ?? 0) + 1;
      attempts.set(imageId, count);
      const isGood = imageId === 'good' || (imageId === 'once' && count > 1);
      return isGood ? Promise.resolve() : Promise.reject(new Error('500'));
    }, 0);
    prefetcher.add(['good', 'once', 'never']);
    expect(await prefetcher.done()).toBe(1);
    expect(Object.fromEntries(attempts)).toEqual({ good: 1, once: 2, never: 3 });
  });

  it('that nobody wants any more are not asked for', async () => {
    const load = vi.fn(() => Promise.resolve());
    const prefetcher = new Prefetcher(load);
    prefetcher.add(Array.from({ length: 9 }, (_, index) => String(index)));
    prefetcher.clear();
    expect(await prefetcher.done()).toBe(0);
    expect(load).toHaveBeenCalledTimes(5);
  });
});
