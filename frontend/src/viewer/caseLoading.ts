/** Which slices are fetched, in which order: those on screen, their stacks, then all the rest. */
import type { Reading } from '../api/types';
import { keepOnly, loadSlice, registerSeries } from './loader';
import { middleOut, Prefetcher } from './prefetch';
import { allSeries, type Chosen, hungSeries } from './slices';
import type { SliceViewport } from './viewport';

export class CaseLoading {
  private readonly prefetcher = new Prefetcher(loadSlice);
  private generation = 0;

  /** Ask for nothing more: another case begins. */
  stop(): void {
    this.generation += 1;
    this.prefetcher.clear();
  }

  /** The slices of a viewport, from the one on screen outwards. */
  stack({ imageIds, index }: Pick<SliceViewport, 'imageIds' | 'index'>): void {
    this.add(imageIds, index);
  }

  /**
   * Every slice of a case; those of other cases are forgotten. Resolves when the stacks on screen are
   * there, with what is to be said of slices that can't be had.
   */
  async whole(
    reading: Reading,
    chosen: Chosen,
    viewports: readonly SliceViewport[],
  ): Promise<string> {
    const { generation } = this;
    const all = allSeries(reading, chosen).map(registerSeries);
    keepOnly(new Set(all.flat()));
    for (const viewport of viewports) this.stack(viewport);
    const failed = await this.prefetcher.done();
    if (generation !== this.generation) return '';
    for (const imageIds of all) this.add(imageIds);
    if (!failed) return '';
    const slices = failed === 1 ? '1 slice' : `${failed} slices`;
    return `${slices} of this case could not be loaded. Reload to try again.`;
  }

  /** What the next case shows first. */
  ahead(reading: Reading): void {
    for (const { series } of hungSeries(reading)) if (series) this.add(registerSeries(series));
  }

  private add(imageIds: readonly string[], start?: number): void {
    this.prefetcher.add(middleOut(imageIds.length, start).map((at) => imageIds[at] as string));
  }
}
