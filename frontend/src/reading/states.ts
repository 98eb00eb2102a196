/** Small pure rules of the reading room: times, words, order of marks. */

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export interface Saving {
  kind: 'saved' | 'saving' | 'retrying';
  waiting?: number;
  isSignedOut?: boolean;
}

/** heldHere: answers of this case that wait for their reader to sign in again. */
export function savedWords(state: Saving, answered: number, heldHere = 0): string {
  const counted = (count: number) => `${count} ${count === 1 ? 'answer waits' : 'answers wait'}`;
  switch (state.kind) {
    case 'saved':
      if (heldHere) return `Not saved: ${counted(heldHere)} for their reader to sign in`;
      return answered ? 'All answers saved' : 'Answers are saved as you give them';
    case 'saving':
      return 'Saving …';
    case 'retrying':
      return state.isSignedOut
        ? `Signed out: ${counted(state.waiting ?? 0)} here until you sign in`
        : `Not saved yet: ${counted(state.waiting ?? 0)}, trying again`;
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

  reset(seconds = 0): void {
    this.gathered = seconds * 1000;
    this.since = null;
  }

  get seconds(): number {
    return (this.gathered + (this.since === null ? 0 : this.now() - this.since)) / 1000;
  }
}
