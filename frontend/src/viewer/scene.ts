/** What is known of the case beside its pixels, and what of it each viewport draws. */
import type { Outline, Reading, ViewerSeries } from '../api/types';
import { centerOf } from '../geometry/levels';
import { distance, type Vec3 } from '../geometry/plane';
import { aim, type Aim, type Crosshair } from './crosshair';
import { boxesOn, type Finding, findingsOf, type FindingState } from './findings';
import type { RoomContent } from './hanging';
import { frameNote, labelsOn, levelNote, type Mark, markOf, marksOf } from './levels';
import { linesOn } from './lines';
import { linkOf } from './links';
import { outlinesOf } from './outlines';
import type { Note } from './overlay';
import { firstIndex, frameOf, frameOfMarks, planesOf } from './slices';
import type { SliceViewport } from './viewport';

export interface RoomOptions {
  isLinked: boolean;
  hasReferenceLines: boolean;
  showsAi: boolean;
  /** Of AI's outlines, 0 to 1. */
  aiOpacity: number;
}

/** A mark that is being set; a disc where nothing else is said. */
export interface FreshMark {
  kind?: 'disc' | 'vertebra';
  level: string;
  position_lps: number[];
  key?: string;
  isChosen?: boolean;
  /** Placed by the usual distance, not seen in the image. */
  isGuessed?: boolean;
}

export class Scene {
  activeLevel = '';
  crosshair: Crosshair | null = null;
  /** The frame of the image that was clicked last: marks that are being set belong to it. */
  clickedFrame = '';
  private reading: Reading | null = null;
  private marks: readonly Mark[] = [];
  private newMarks: readonly Mark[] | null = null;
  private outlines = new Map<string, Outline[]>();
  private findings: readonly Finding[] = [];
  findingState: FindingState = { selected: null, verdicts: new Map() };

  constructor(readonly options: RoomOptions) {}

  get isMarking(): boolean {
    return this.newMarks !== null;
  }

  get fresh(): readonly Mark[] {
    return this.newMarks ?? [];
  }

  begin(reading: Reading, level: string): void {
    this.newMarks = null;
    this.crosshair = null;
    this.clickedFrame = '';
    this.activeLevel = level;
    this.take(reading);
  }

  /** Take over marks and AI output that came later. */
  take(reading: Reading): void {
    this.reading = reading;
    const frame = frameOfMarks(reading) || this.clickedFrame;
    this.marks = reading.level_marks.map((mark) => markOf(mark, frame));
    this.outlines = outlinesOf(reading);
    this.findings = findingsOf(reading);
  }

  markFresh(marks: readonly FreshMark[] | null): void {
    const frame = this.clickedFrame || (this.reading ? frameOfMarks(this.reading) : '');
    this.newMarks =
      marks?.map(({ kind = 'disc', level, position_lps: at, ...more }) => {
        const center = at as unknown as Vec3;
        return { ...more, kind, level, center, style: 'new' as const, frame };
      }) ?? null;
  }

  /** Centre of a disc or a vertebra in the frame of a series; null where that isn't known. */
  centerAt(series: ViewerSeries, level: string): Vec3 | null {
    return centerOf(marksOf({ series }, this.marks), level);
  }

  /** The slice that a series shows first, and the point that comes to the middle. */
  startOf(series: ViewerSeries): { index: number; focus: Vec3 | null } {
    const center = this.centerAt(series, this.activeLevel);
    const focus = series.plane === 'sagittal' ? this.spineCenter(series) : center;
    return { index: firstIndex(planesOf(series), center), focus };
  }

  aimOf(viewport: Pick<SliceViewport, 'series' | 'planes'>): Aim | null {
    return this.crosshair && this.aimAt(viewport, this.crosshair);
  }

  aimAt(viewport: Pick<SliceViewport, 'series' | 'planes'>, place: Crosshair): Aim {
    return aim(viewport, place, this.visibleMarks);
  }

  contentOf(viewport: SliceViewport, all: readonly SliceViewport[]): RoomContent {
    const { frame } = viewport;
    const { showsAi, hasReferenceLines } = this.options;
    const marks = this.newMarks ?? this.visibleMarks;
    const outlines = this.outlines.get(`${frame?.stack_id}/${frame?.stack_position}`) ?? [];
    return {
      lines: hasReferenceLines ? linesOn(viewport, all) : [],
      labels: labelsOn(viewport, marks, this.activeLevel),
      outlines: (showsAi ? outlines : []).map(({ structure, points_lps: points }) => {
        return { structure, points: points as unknown as Vec3[] };
      }),
      boxes: showsAi ? boxesOn(viewport, this.findings, this.findingState, this.activeLevel) : [],
      cross: this.crossOn(viewport),
      notes: this.notesOn(viewport, all, marks),
      isSynthetic: this.reading?.case.is_synthetic ?? false,
    };
  }

  private get visibleMarks(): readonly Mark[] {
    return this.options.showsAi ? this.marks : this.marks.filter(({ style }) => style !== 'ai');
  }

  /** The middle of the marked discs. */
  private spineCenter(series: ViewerSeries): Vec3 | null {
    const points = marksOf({ series }, this.marks)
      .filter(({ kind }) => kind === 'disc')
      .map((mark) => mark.center);
    const mean = (axis: 0 | 1 | 2) =>
      points.reduce((sum, point) => sum + point[axis], 0) / points.length;
    return points.length ? [mean(0), mean(1), mean(2)] : null;
  }

  private crossOn({ series, plane }: SliceViewport): RoomContent['cross'] {
    const { crosshair } = this;
    if (!crosshair || !series || !plane || frameOf(series) !== crosshair.frame) return null;
    const half = Math.max((series.slice_spacing_mm ?? 1) / 2, 0.5);
    const isNear = Math.abs(distance(plane, crosshair.point)) <= half + 0.01;
    return { point: crosshair.point, isNear };
  }

  private notesOn(
    viewport: SliceViewport,
    all: readonly SliceViewport[],
    marks: readonly Mark[],
  ): Note[] {
    const isByNumber = all.some((other) => linkOf(viewport, other) === 'number');
    const plain = [
      isByNumber && this.options.isLinked ? 'linked by slice number, not by position' : '',
      this.aimOf(viewport)?.note ?? '',
    ];
    return [
      levelNote(viewport, marks),
      ...plain.map((words) => ({ words, isAi: false })),
      frameNote(viewport, marks),
    ].filter((note): note is Note => note !== null && note.words !== '');
  }
}
