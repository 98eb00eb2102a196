/**
 * Answers on their way to the server. Each is kept in the browser's storage before it is sent,
 * sent in order, sent again until the server has said that it is stored. A reload goes on.
 */
import { ApiError } from './client';
import type { Answer, Grade } from './types';

export interface Pending {
  readingId: number;
  answer: Answer;
}

export type OutboxState =
  { kind: 'saved' } | { kind: 'saving'; waiting: number } | { kind: 'retrying'; waiting: number };

export interface OutboxOptions {
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  key: string;
  send: (readingId: number, answer: Answer) => Promise<Grade>;
  onState: (state: OutboxState) => void;
  onStored: (pending: Pending, grade: Grade) => void;
  onRefused: (pending: Pending, error: ApiError) => void;
  wait?: (ms: number) => Promise<void>;
}

const LONGEST_WAIT_MS = 15_000;

export class Outbox {
  private queue: Pending[];
  private running: Promise<void> | null = null;
  private wake: () => void = () => undefined;

  constructor(private readonly options: OutboxOptions) {
    this.queue = JSON.parse(options.storage.getItem(options.key) ?? '[]') as Pending[];
  }

  /** Answers not yet confirmed, oldest first. */
  get waiting(): readonly Pending[] {
    return this.queue;
  }

  /** Keep an answer and send it; returns at once. */
  put(pending: Pending): void {
    this.queue.push(pending);
    this.keep();
    void this.flush();
  }

  /** Try now instead of at the end of the pause between attempts. */
  nudge(): void {
    this.wake();
    void this.flush();
  }

  /** Resolves when nothing waits any more. */
  flush(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    for (let head = this.queue[0]; head; head = this.queue[0]) {
      const kind = failures ? 'retrying' : 'saving';
      this.options.onState({ kind, waiting: this.queue.length });
      try {
        const grade = await this.options.send(head.readingId, head.answer);
        this.drop(head);
        failures = 0;
        this.options.onStored(head, grade);
      } catch (error) {
        if (error instanceof ApiError && error.isFinal) {
          this.drop(head);
          this.options.onRefused(head, error);
        } else {
          failures += 1;
          this.options.onState({ kind: 'retrying', waiting: this.queue.length });
          await this.pause(Math.min(500 * 2 ** (failures - 1), LONGEST_WAIT_MS));
        }
      }
    }
    this.options.onState({ kind: 'saved' });
  }

  private pause(ms: number): Promise<void> {
    const wait = this.options.wait ?? ((time) => new Promise((done) => setTimeout(done, time)));
    return Promise.race([wait(ms), new Promise<void>((done) => (this.wake = done))]);
  }

  private drop(pending: Pending): void {
    this.queue = this.queue.filter((other) => other !== pending);
    this.keep();
  }

  private keep(): void {
    this.options.storage.setItem(this.options.key, JSON.stringify(this.queue));
  }
}
