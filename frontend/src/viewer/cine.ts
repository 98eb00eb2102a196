/** Runs through a stack, over and over, until it is stopped. Never begins by itself. */

export const FRAMES_PER_SECOND = 8;

export class Cine {
  private timer = 0;

  constructor(
    private readonly step: () => void,
    private readonly onChange: (isRunning: boolean) => void,
  ) {}

  get isRunning(): boolean {
    return this.timer !== 0;
  }

  toggle(): void {
    if (this.isRunning) return this.stop();
    this.timer = window.setInterval(this.step, 1000 / FRAMES_PER_SECOND);
    this.onChange(true);
  }

  stop(): void {
    if (!this.isRunning) return;
    window.clearInterval(this.timer);
    this.timer = 0;
    this.onChange(false);
  }
}
