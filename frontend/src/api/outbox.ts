/**
 * Answers on their way to the server. Each is kept in the browser's storage before it is sent,
 * sent in order, sent again until the server has said that it is stored. A reload goes on.
 *
 * Each answer has a place of its own in the storage, so that two windows can't overwrite each
 * other. An answer that isn't for the person signed in now is held, never dropped.
 */
import { ApiError } from './client';
import type { Answer, Grade } from './types';

export interface Pending {
  readingId: number;
  answer: Answer;
}

export type OutboxState =
  | { kind: 'saved'; held: number }
  | { kind: 'saving'; waiting: number }
  | { kind: 'retrying'; waiting: number; isSignedOut: boolean };

export type OutboxStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export interface OutboxOptions {
  storage: OutboxStorage;
  prefix: string;
  send: (readingId: number, answer: Answer) => Promise<Grade>;
  onState: (state: OutboxState) => void;
  onStored: (pending: Pending, grade: Grade) => void;
  onRefused: (pending: Pending, error: ApiError) => void;
  wait?: (ms: number) => Promise<void>;
}

const LONGEST_WAIT_MS = 15_000;

export class Outbox {
  private queue: Pending[];
  private held: Pending[] = [];
  private running: Promise<void> | null = null;
  private wake: () => void = () => undefined;

  constructor(private readonly options: OutboxOptions) {
    this.queue = keptAnswers(options);
  }

  /** Answers not yet confirmed, oldest first. */
  get waiting(): readonly Pending[] {
    return [...this.held, ...this.queue];
  }

  /** Keep an answer and send it; returns at once. */
  put(pending: Pending): void {
    this.queue.push(pending);
    try {
      this.options.storage.setItem(this.place(pending), JSON.stringify(pending));
    } catch {
      // a full or forbidden storage: the answer is sent from memory
    }
    void this.flush();
  }

  /** Try now, also what was held, instead of at the end of the pause between attempts. */
  nudge(): void {
    this.queue = [...this.held, ...this.queue];
    this.held = [];
    this.wake();
    if (this.queue.length) void this.flush();
  }

  /** Resolves when nothing waits any more but what is held. */
  flush(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    for (let head = this.queue[0]; head; head = this.queue[0]) {
      if (!failures) this.options.onState({ kind: 'saving', waiting: this.queue.length });
      try {
        const grade = await this.options.send(head.readingId, head.answer);
        this.forget(head);
        failures = 0;
        this.options.onStored(head, grade);
      } catch (error) {
        if (error instanceof ApiError && error.isElsewhere) {
          this.leave(head);
          this.held.push(head);
        } else if (error instanceof ApiError && error.isFinal) {
          this.forget(head);
          this.options.onRefused(head, error);
        } else {
          failures += 1;
          const isSignedOut = error instanceof ApiError && error.isSignedOut;
          this.options.onState({ kind: 'retrying', waiting: this.queue.length, isSignedOut });
          await this.pause(Math.min(500 * 2 ** (failures - 1), LONGEST_WAIT_MS));
        }
      }
    }
    this.options.onState({ kind: 'saved', held: this.held.length });
  }

  private pause(ms: number): Promise<void> {
    const wait = this.options.wait ?? ((time) => new Promise((done) => setTimeout(done, time)));
    return Promise.race([wait(ms), new Promise<void>((done) => (this.wake = done))]);
  }

  private leave(pending: Pending): void {
    this.queue = this.queue.filter((other) => other !== pending);
  }

  private forget(pending: Pending): void {
    this.leave(pending);
    this.options.storage.removeItem(this.place(pending));
  }

  private place(pending: Pending): string {
    return `${this.options.prefix}${pending.answer.answer_key}`;
  }
}

/** What an earlier page left behind, in the order in which it was answered. */
function keptAnswers({ storage, prefix }: OutboxOptions): Pending[] {
  const found: Pending[] = [];
  for (let index = 0; index < storage.length; index += 1) {
    const place = storage.key(index);
    if (!place?.startsWith(prefix)) continue;
    try {
      found.push(JSON.parse(storage.getItem(place) ?? '') as Pending);
    } catch {
      // not an answer of ours; it stays where it is
    }
  }
  return found.sort((a, b) => a.answer.answered_at.localeCompare(b.answer.answered_at));
}
