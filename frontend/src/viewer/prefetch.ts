/** Loads slices in the order in which they will be wanted, a few at a time. */

const AT_ONCE = 5; // a browser opens six connections to a host; one stays free for answers
const ATTEMPTS = 3;

export class Prefetcher {
  private queue: string[] = [];
  private active = 0;
  private failed = 0;
  private whenDone: ((failed: number) => void)[] = [];

  constructor(
    private readonly load: (imageId: string) => Promise<unknown>,
    private readonly pauseMs = 400,
  ) {}

  /** Put image ids after everything else that waits. */
  add(imageIds: readonly string[]): void {
    this.queue.push(...imageIds);
    this.pump();
  }

  /** Drop what hasn't been asked for yet. */
  clear(): void {
    this.queue = [];
    this.failed = 0;
  }

  /** Resolves when nothing waits or loads, with the number of slices that could not be had. */
  done(): Promise<number> {
    return new Promise((resolve) => {
      this.whenDone.push(resolve);
      this.pump();
    });
  }

  private pump(): void {
    while (this.active < AT_ONCE) {
      const next = this.queue.shift();
      if (!next) break;
      this.active += 1;
      void this.attempt(next, 1).finally(() => {
        this.active -= 1;
        this.pump();
      });
    }
    if (this.queue.length || this.active) return;
    this.whenDone.splice(0).forEach((resolve) => resolve(this.failed));
  }

  private async attempt(imageId: string, count: number): Promise<void> {
    try {
      await this.load(imageId);
    } catch {
      if (count === ATTEMPTS) {
        this.failed += 1;
        return;
      }
      await new Promise((again) => setTimeout(again, this.pauseMs * count));
      return this.attempt(imageId, count + 1);
    }
  }
}

/** Indices from the middle outwards. */
export function middleOut(count: number, start = Math.floor(count / 2)): number[] {
  return Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => Math.abs(a - start) - Math.abs(b - start),
  );
}
