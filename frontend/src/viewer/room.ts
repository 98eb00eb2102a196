/** Three viewports that know of each other: linked scroll, reference lines, levels, outlines. */
import { Enums, eventTarget, RenderingEngine } from '@cornerstonejs/core';

import type { LevelMark, Outline, Reading } from '../api/types';
import { crossing, distance, dot, nearestSlice, type Vec3 } from '../geometry/plane';
import { keepOnly, registerSeries, startCornerstone } from './loader';
import { middleOut, Prefetcher } from './prefetch';
import { planesOf } from './slices';
import { SliceViewport } from './viewport';

export interface RoomOptions {
  isLinked: boolean;
  hasReferenceLines: boolean;
  showsAi: boolean;
  activeLevel: string;
}

export interface RoomEvents {
  onLevel: (level: string) => void;
  onPoint: (point: Vec3) => void;
  onProblem: (message: string) => void;
  onReady: (state: 'first-image' | 'all-loaded') => void;
}

const NEAR_DISC_MM = 14;
const pointOf = (mark: LevelMark) => mark.position_lps as unknown as Vec3;

export class ViewingRoom {
  private readonly viewports: SliceViewport[];
  private readonly engine: RenderingEngine;
  private readonly prefetcher = new Prefetcher();
  private reading: Reading | null = null;
  private marks = new Map<string, Vec3>();
  private outlines = new Map<string, Outline[]>();
  private generation = 0;
  private isFollowing = false;

  constructor(
    hosts: HTMLElement[],
    private readonly options: RoomOptions,
    private readonly events: RoomEvents,
  ) {
    this.engine = new RenderingEngine('reading-room');
    const shared = {
      onSlice: (viewport: SliceViewport) => this.follow(viewport),
      onLevel: events.onLevel,
      onPoint: (_: SliceViewport, point: Vec3) => events.onPoint(point),
      onMaximise: (viewport: SliceViewport) => this.maximise(viewport),
      onProblem: events.onProblem,
      onDraw: (viewport: SliceViewport) => this.draw(viewport),
    };
    this.viewports = hosts.map(
      (host, index) => new SliceViewport(`viewport-${index}`, this.engine, host, shared),
    );
    new ResizeObserver(() => {
      this.engine.resize(true, true);
      this.redraw();
    }).observe(hosts[0]?.parentElement as HTMLElement);
    eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST ?? 'WEBGL_CONTEXT_LOST', () =>
      events.onProblem(
        'The graphics were reset by the computer. Reload the page; answers are safe.',
      ),
    );
  }

  static async create(...args: ConstructorParameters<typeof ViewingRoom>): Promise<ViewingRoom> {
    await startCornerstone();
    return new ViewingRoom(...args);
  }

  /** Show a reading; the slices of the active level come first, then everything else. */
  async show(reading: Reading): Promise<void> {
    const generation = ++this.generation;
    this.prefetcher.clear();
    this.reading = reading;
    this.update(reading);
    const start = this.marks.get(this.options.activeLevel);
    const shown = reading.viewports.map(({ title, series }, index) => {
      const planes = series ? planesOf(series) : [];
      const nearest = start ? nearestSlice(planes, start) : -1;
      const first = nearest >= 0 ? nearest : Math.floor(planes.length / 2);
      const focus = series?.plane === 'sagittal' ? this.spineCenter() : (start ?? null);
      return this.viewports[index]?.show(title, series, first, focus);
    });
    await Promise.all(shown);
    if (generation !== this.generation) return;
    this.events.onReady('first-image');
    keepOnly(new Set(this.viewports.flatMap((viewport) => viewport.imageIds)));
    for (const { imageIds, index } of this.viewports) {
      this.prefetcher.last(middleOut(imageIds.length, index).map((at) => imageIds[at] as string));
    }
    await this.prefetcher.done();
    if (generation === this.generation) this.events.onReady('all-loaded');
  }

  /** The middle of the marked levels. */
  private spineCenter(): Vec3 | null {
    const points = [...this.marks.values()];
    const mean = (axis: 0 | 1 | 2) =>
      points.reduce((sum, point) => sum + point[axis], 0) / points.length;
    return points.length ? [mean(0), mean(1), mean(2)] : null;
  }

  /** Take over marks and AI output that came later. */
  update(reading: Reading): void {
    this.reading = reading;
    this.marks = new Map(reading.level_marks.map((mark) => [mark.disc_level, pointOf(mark)]));
    this.outlines = new Map();
    for (const outline of reading.prediction?.outlines ?? []) {
      const key = `${outline.stack_id}/${outline.stack_position}`;
      this.outlines.set(key, [...(this.outlines.get(key) ?? []), outline]);
    }
    this.redraw();
  }

  /** Fetch the slices of the case that comes next while this one is read. */
  prefetch(reading: Reading): void {
    for (const { series } of reading.viewports) {
      if (!series) continue;
      const imageIds = registerSeries(series);
      this.prefetcher.last(middleOut(imageIds.length).map((at) => imageIds[at] as string));
    }
  }

  /** Move every viewport to a disc level, as far as it is marked. */
  goToLevel(level: string): void {
    this.options.activeLevel = level;
    const point = this.marks.get(level);
    if (point) {
      this.isFollowing = true;
      for (const viewport of this.viewports) viewport.goToPoint(point);
      this.isFollowing = false;
    }
    this.redraw();
  }

  set(options: Partial<RoomOptions>): void {
    Object.assign(this.options, options);
    this.redraw();
  }

  /** Scroll the viewport under the mouse, or the first, by keyboard. */
  scroll(steps: number): void {
    const target = this.viewports.find((one) => one.element.parentElement?.matches(':hover'));
    const viewport = target ?? this.viewports[0];
    viewport?.goTo(viewport.index + steps);
  }

  reset(): void {
    for (const viewport of this.viewports) viewport.reset();
    this.redraw();
  }

  private maximise(viewport: SliceViewport): void {
    const grid = viewport.element.parentElement?.parentElement;
    const at = String(this.viewports.indexOf(viewport));
    if (!grid) return;
    if (grid.dataset.maximised === at) delete grid.dataset.maximised;
    else grid.dataset.maximised = at;
  }

  /** Linked scroll: parallel viewports of one frame of reference go to the same place. */
  private follow(moved: SliceViewport): void {
    this.redraw();
    if (!this.options.isLinked || this.isFollowing || !moved.plane || !moved.normal) return;
    this.isFollowing = true;
    const { plane, normal } = moved;
    for (const other of this.viewports) {
      if (other === moved || !other.normal) continue;
      const isParallel = Math.abs(dot(other.normal, normal)) > 0.95;
      const isSameFrame =
        other.series?.frame_of_reference_uid === moved.series?.frame_of_reference_uid;
      if (!isParallel || !isSameFrame) continue;
      const [x, y, z] = plane.position;
      const middle: Vec3 = [
        x + (plane.row[0] * plane.widthMm + plane.column[0] * plane.heightMm) / 2,
        y + (plane.row[1] * plane.widthMm + plane.column[1] * plane.heightMm) / 2,
        z + (plane.row[2] * plane.widthMm + plane.column[2] * plane.heightMm) / 2,
      ];
      other.goToPoint(middle);
    }
    this.isFollowing = false;
  }

  private redraw(): void {
    for (const viewport of this.viewports) viewport.redraw();
  }

  private draw(viewport: SliceViewport): void {
    const { plane, frame } = viewport;
    const key = frame ? `${frame.stack_id}/${frame.stack_position}` : '';
    const outlines = this.options.showsAi ? (this.outlines.get(key) ?? []) : [];
    const near = plane
      ? [...this.marks].filter(([, point]) => Math.abs(distance(plane, point)) < NEAR_DISC_MM)
      : [];
    const isSagittal = viewport.series?.plane === 'sagittal';
    viewport.drawOverlay({
      lines: this.options.hasReferenceLines ? this.linesOn(viewport) : [],
      labels: isSagittal
        ? near.map(([level, center]) => ({
            level,
            center,
            isActive: level === this.options.activeLevel,
          }))
        : [],
      outlines: outlines.map(({ structure, points_lps: points }) => ({
        structure,
        points: points as unknown as Vec3[],
      })),
      isSynthetic: this.reading?.case.is_synthetic ?? false,
      note: isSagittal || !plane ? '' : levelNote(near, plane),
    });
  }

  /** Lines of slices that cross this viewport; parallel viewports give none. */
  private linesOn(viewport: SliceViewport) {
    const { plane, normal, series } = viewport;
    if (!plane || !normal) return [];
    return this.viewports
      .filter((other) => other !== viewport && other.normal)
      .filter((other) => Math.abs(dot(other.normal as Vec3, normal)) < 0.8)
      .filter((other) => other.series?.frame_of_reference_uid === series?.frame_of_reference_uid)
      .flatMap((other) => {
        const all = other.series?.plane === 'sagittal' ? [other.plane] : other.planes;
        return all.flatMap((slice) => {
          const ends = slice && crossing(slice, plane);
          return ends ? [{ ends, isCurrent: slice === other.plane }] : [];
        });
      })
      .sort((a, b) => Number(a.isCurrent) - Number(b.isCurrent));
  }
}

function levelNote(near: [string, Vec3][], plane: Parameters<typeof distance>[0]): string {
  const sorted = near
    .map(([level, point]) => ({ level, mm: distance(plane, point) }))
    .sort((a, b) => Math.abs(a.mm) - Math.abs(b.mm));
  const closest = sorted[0];
  return closest ? `${closest.level}, ${Math.abs(closest.mm).toFixed(0)} mm from the centre` : '';
}
