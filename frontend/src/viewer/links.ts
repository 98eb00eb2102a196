/** What viewports do together: scroll, zoom, pan, window. */
import { center, dot, normal } from '../geometry/plane';
import { PARALLEL } from './lines';
import { sharesFrame } from './slices';
import type { Change } from './view';
import type { SliceViewport } from './viewport';

type Linkable = Pick<SliceViewport, 'series' | 'planes' | 'index'>;

/** How two viewports scroll together: by position, by slice number, or not at all. */
export function linkOf(one: Linkable, other: Linkable): 'position' | 'number' | null {
  if (!one.series || !other.series || one === other) return null;
  const [a, b] = [one, other].map(({ planes, index }) => {
    const plane = planes[index];
    return plane && normal(plane);
  });
  if (a && b && Math.abs(dot(a, b)) < PARALLEL) return null;
  if (a && b && sharesFrame(one.series, other.series)) return 'position';
  return one.series.plane === other.series.plane ? 'number' : null;
}

/** Values of two series may be compared: same weighting, same plane. */
const looksAlike = ({ series: one }: Linkable, { series: other }: Linkable): boolean =>
  one !== null &&
  other !== null &&
  one.plane === other.plane &&
  one.weighting === other.weighting &&
  one.weighting !== 'unknown';

export class Links {
  isOn = true;
  private isFollowing = false;

  constructor(private readonly all: () => readonly SliceViewport[]) {}

  /** Move viewports without others going along. */
  alone(move: () => void): void {
    const before = this.isFollowing;
    this.isFollowing = true;
    move();
    this.isFollowing = before;
  }

  /** Parallel viewports go to the same place, or as many slices on. */
  scroll(moved: SliceViewport, steps: number): void {
    const plane = moved.planes[moved.index];
    this.each(moved, (other) => {
      const link = linkOf(moved, other);
      if (link === 'position' && plane) other.goToPoint(center(plane));
      if (link === 'number') other.goTo(other.index + steps);
    });
  }

  /** Zoom in proportion, pan by as many millimetres, the same window where values compare. */
  view(moved: SliceViewport, change: Change): void {
    this.each(moved, (other) => {
      const link = linkOf(moved, other);
      if (other.shown < 0) return;
      if (change.kind === 'grey') {
        if (looksAlike(moved, other)) other.view.follow(change);
      } else if (change.kind === 'pan' && link === 'position' && other.drawn) {
        const { row, column } = other.drawn;
        const [x, y] = [dot(change.shift, row), dot(change.shift, column)];
        other.view.follow({ ...change, x, y });
      } else if (link) other.view.follow(change);
    });
  }

  private each(moved: SliceViewport, act: (other: SliceViewport) => void): void {
    if (!this.isOn || this.isFollowing) return;
    this.alone(() => this.all().forEach((other) => other !== moved && act(other)));
  }
}
