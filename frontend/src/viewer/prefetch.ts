/** Loads slices in the order in which they will be wanted, a few at a time. */
import { imageLoader } from '@cornerstonejs/core';

const AT_ONCE = 5; // a browser opens six connections to a host; one stays free for answers

export class Prefetcher {
  private queue: string[] = [];
  private active = 0;
  private whenDone: (() => void)[] = [];

  /** Put image ids before everything else that waits. */
  first(imageIds: string[]): void {
    const wanted = new Set(imageIds);
    this.queue = [...imageIds, ...this.queue.filter((id) => !wanted.has(id))];
    this.pump();
  }

  /** Put image ids after everything else that waits. */
  last(imageIds: string[]): void {
    this.queue.push(...imageIds);
    this.pump();
  }

  /** Drop what hasn't been asked for yet. */
  clear(): void {
    this.queue = [];
  }

  /** Resolves when nothing waits or loads. */
  done(): Promise<void> {
    if (!this.queue.length && !this.active) return Promise.resolve();
    return new Promise((resolve) => this.whenDone.push(resolve));
  }

  private pump(): void {
    while (this.active < AT_ONCE && this.queue.length) {
      const imageId = this.queue.shift() as string;
      this.active += 1;
      imageLoader
        .loadAndCacheImage(imageId)
        .catch(() => undefined) // the viewport tells of a failure when the slice is shown
        .finally(() => {
          this.active -= 1;
          this.pump();
        });
    }
    if (!this.queue.length && !this.active) {
      this.whenDone.splice(0).forEach((resolve) => resolve());
    }
  }
}

/** Indices from the middle outwards. */
export function middleOut(count: number, start = Math.floor(count / 2)): number[] {
  return Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => Math.abs(a - start) - Math.abs(b - start),
  );
}
