/** Small pure rules of the reading room: times, words, order of marks. */

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export interface Saving {
  kind: 'saved' | 'saving' | 'retrying';
  waiting?: number;
}

export function savedWords(state: Saving, answered: number): string {
  switch (state.kind) {
    case 'saved':
      return answered ? 'All answers saved' : 'Answers are saved as you give them';
    case 'saving':
      return 'Saving …';
    case 'retrying': {
      const count = state.waiting ?? 0;
      return `Not saved yet: ${count} ${count === 1 ? 'answer waits' : 'answers wait'}, trying again`;
    }
  }
}

/** Levels are marked from the lowest up; the next one to click, or null when all are done. */
export function nextToMark(levels: readonly string[], done: ReadonlySet<string>): string | null {
  return [...levels].reverse().find((level) => !done.has(level)) ?? null;
}

/** "moderate 62 %" */
export const chance = (label: string, probability: number): string =>
  `${label} ${Math.round(probability * 100)} %`;

/** Counts the time with the case on screen; time in a hidden tab doesn't count. */
export class Stopwatch {
  private gathered = 0;
  private since: number | null = null;

  constructor(private readonly now: () => number) {}

  start(): void {
    this.since ??= this.now();
  }

  pause(): void {
    if (this.since !== null) this.gathered += this.now() - this.since;
    this.since = null;
  }

  reset(): void {
    this.gathered = 0;
    this.since = null;
  }

  get seconds(): number {
    return (this.gathered + (this.since === null ? 0 : this.now() - this.since)) / 1000;
  }
}
