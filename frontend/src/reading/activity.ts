/**
 * What a reader does with the time of a case: active, idle, hidden, paused or waiting for images.
 * Pure: times come in, spans go out. Time without input counts as active up to the cut-off of the
 * protocol only when input follows before it; at the cut-off the whole silence becomes idle.
 */

export type ActivityState = 'active' | 'idle' | 'hidden' | 'paused' | 'loading';

export interface Span {
  state: ActivityState;
  level: string;
  fromMs: number;
  toMs: number;
}

export class Activity {
  private from: number;
  private lastInput: number;
  private isHidden = false;
  private isPaused = false;
  private isLoading = false;
  private level = '';
  private spans: Span[] = [];
  private seconds = 0;

  constructor(
    now: number,
    private readonly cutoffMs: number,
    activeSeconds = 0,
  ) {
    this.from = now;
    this.lastInput = now;
    this.seconds = activeSeconds;
  }

  /** A key, a click, a wheel step, a move of the mouse. */
  input(now: number): void {
    this.settle(now);
    this.lastInput = now;
  }

  setLevel(level: string, now: number): void {
    if (level === this.level) return;
    this.settle(now);
    this.level = level;
  }

  setHidden(isHidden: boolean, now: number): void {
    this.settle(now);
    this.isHidden = isHidden;
    this.lastInput = now;
  }

  setPaused(isPaused: boolean, now: number): void {
    this.settle(now);
    this.isPaused = isPaused;
    this.lastInput = now;
  }

  setLoading(isLoading: boolean, now: number): void {
    if (isLoading === this.isLoading) return;
    this.settle(now);
    this.isLoading = isLoading;
    this.lastInput = now;
  }

  /** Seconds of work so far, as the header shows them. */
  activeSeconds(now: number): number {
    if (this.stateNow() !== 'active') return this.seconds;
    const silent = now - this.lastInput;
    if (silent > this.cutoffMs)
      return this.seconds + Math.max(0, this.lastInput - this.from) / 1000;
    return this.seconds + (now - this.from) / 1000;
  }

  /** The spans since the last call; time that may still turn out idle stays for the next. */
  take(now: number, isLast = false): Span[] {
    if (isLast || this.stateNow() !== 'active') this.settle(now);
    else if (now - this.lastInput > this.cutoffMs) this.settle(now);
    else this.close(this.lastInput, 'active');
    return this.spans.splice(0);
  }

  private stateNow(): ActivityState {
    if (this.isPaused) return 'paused';
    if (this.isHidden) return 'hidden';
    return this.isLoading ? 'loading' : 'active';
  }

  /** Close the span up to now; silence beyond the cut-off is idle from the last input on. */
  private settle(now: number): void {
    const state = this.stateNow();
    if (state === 'active' && now - this.lastInput > this.cutoffMs) {
      this.close(this.lastInput, 'active');
      this.close(now, 'idle');
    } else this.close(now, state);
  }

  private close(to: number, state: ActivityState): void {
    if (to <= this.from) return;
    const { from, level } = this;
    const last = this.spans.at(-1);
    if (last?.state === state && last.level === level && last.toMs === from) last.toMs = to;
    else this.spans.push({ state, level, fromMs: from, toMs: to });
    if (state === 'active') this.seconds += (to - from) / 1000;
    this.from = to;
  }
}
