/** Which slices are painted next: every one that the reader has stepped over, in that order. */

interface Canvas {
  isLoaded(index: number): boolean;
  load(index: number): Promise<unknown>;
  /** Resolves when the slice is on screen. */
  paint(index: number): Promise<void>;
  failed(index: number, error: Error): void;
}

export class PaintQueue {
  private path: number[] = [];
  private isPainting = false;
  private whenIdle: (() => void)[] = [];

  constructor(private readonly canvas: Canvas) {}

  get isIdle(): boolean {
    return !this.isPainting && !this.path.length;
  }

  /** Go there at once; what lay on the way isn't wanted any more. */
  jump(index: number): void {
    this.path = [index];
    this.pump();
  }

  /** One slice on; what is on the way is painted first. */
  step(index: number): void {
    this.path.push(index);
    this.pump();
  }

  clear(): void {
    this.path = [];
    this.pump();
  }

  /** Resolves when everything wanted is painted, or can't be had. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.whenIdle.push(resolve);
      this.pump();
    });
  }

  private pump(): void {
    if (this.isPainting) return;
    const { path, canvas } = this;
    // nobody waits for a slice on the way that is not there yet
    while (path.length > 1 && !canvas.isLoaded(path[0] as number)) path.shift();
    const [index] = path;
    if (index === undefined) return this.whenIdle.splice(0).forEach((resolve) => resolve());
    if (canvas.isLoaded(index)) {
      path.shift();
      void this.paint(index);
      return;
    }
    canvas.load(index).then(
      () => this.pump(),
      (error: Error) => this.giveUp(index, error),
    );
  }

  private async paint(index: number): Promise<void> {
    this.isPainting = true;
    try {
      await this.canvas.paint(index);
    } catch (error) {
      this.canvas.failed(index, error as Error);
    }
    this.isPainting = false;
    this.pump();
  }

  private giveUp(index: number, error: Error): void {
    if (this.path.length === 1 && this.path[0] === index) {
      this.path = [];
      this.canvas.failed(index, error);
    }
    this.pump();
  }
}
