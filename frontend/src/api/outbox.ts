/**
 * What a reader does, on its way to the server: answers, marks, masks, events. Each act is kept in
 * the browser before it is sent, sent in order, and sent again until the server has said that it is
 * stored. A reload goes on; an act that isn't for the person signed in now is held, never dropped.
 */
import type { ActStore } from './actStore';
import { ApiError } from './client';

export interface Act {
  /** Made once; the server takes an act of one id once. */
  id: string;
  readingId: number;
  kind: string;
  method: 'PUT' | 'POST';
  url: string;
  body: unknown;
  headers?: Record<string, string>;
  /** Date.now(), never twice the same in one window. */
  madeAt: number;
  /** The window that made it. */
  window: string;
}

export type NewAct = Omit<Act, 'madeAt' | 'window'>;

export type OutboxState =
  | { kind: 'saved'; held: number }
  | { kind: 'saving'; waiting: number }
  | { kind: 'retrying'; waiting: number; isSignedOut: boolean };

export interface ActHandler {
  onStored?: (act: Act, answer: unknown) => void;
  onRefused?: (act: Act, error: ApiError) => void;
}

export interface OutboxOptions {
  store: ActStore;
  window: string;
  send: (act: Act) => Promise<unknown>;
  onState: (state: OutboxState) => void;
  /** The browser refuses to keep acts; they wait in memory only. */
  onFragile: () => void;
  /** Resolves when another window is gone; what it has left behind is taken over then. */
  gone: (window: string) => Promise<void>;
  onTakenOver?: () => void;
  /** What is told to wait; all of it where nothing is said. */
  isCounted?: (act: Act) => boolean;
  wait?: (ms: number) => Promise<void>;
}

const LONGEST_WAIT_MS = 15_000;
const PATIENCE_AT_START_MS = 300;

export class Outbox {
  private queue: Act[] = [];
  private held: Act[] = [];
  /** On their way with another request. */
  private carried: Act[] = [];
  private readonly keeping = new Map<string, Promise<unknown>>();
  private readonly handlers = new Map<string, ActHandler>();
  private running: Promise<void> | null = null;
  /** What was told last, while acts are being sent. */
  private told: OutboxState['kind'] = 'saved';
  private isSignedOut = false;
  private lastMadeAt = 0;
  /** Windows whose end is waited for. */
  private readonly watched = new Set<string>();
  private wake: () => void = () => undefined;
  /** Settles when what earlier pages have left is in the queue, as far as they are gone. */
  readonly ready: Promise<void>;

  constructor(private readonly options: OutboxOptions) {
    this.ready = this.takeOver();
  }

  /** Acts not yet confirmed, oldest first. */
  get waiting(): readonly Act[] {
    return [...this.held, ...this.carried, ...this.queue];
  }

  /** What to do when acts of a kind are stored or refused. */
  on(kind: string, handler: ActHandler): void {
    this.handlers.set(kind, handler);
  }

  /** Keep an act and send it; returns at once. */
  put(act: NewAct): void {
    this.queue.push(this.keep(act));
    if (this.told !== 'saved') this.tell(this.told); // it waits behind what is on its way
    void this.flush();
  }

  /**
   * Keep an act that another request takes along. Where that request fails, the act is sent by
   * itself, before everything that waits; the server takes an act once, whichever way it came.
   */
  async carry<T>(act: NewAct, request: () => Promise<T>): Promise<T> {
    const kept = this.keep(act);
    this.carried.push(kept);
    try {
      const answer = await request();
      this.forget(kept);
      return answer;
    } catch (error) {
      if (this.carried.includes(kept)) {
        this.leave(kept);
        this.queue.unshift(kept);
        void this.flush();
      }
      throw error;
    }
  }

  private keep(act: NewAct): Act {
    this.lastMadeAt = Math.max(Date.now(), this.lastMadeAt + 1);
    const kept = { ...act, madeAt: this.lastMadeAt, window: this.options.window };
    this.keeping.set(
      act.id,
      this.options.store.put(kept).catch(() => this.options.onFragile()),
    );
    return kept;
  }

  /** Take acts out that have lost their sense, such as later answers to a cell in dispute. */
  withdraw(which: (act: Act) => boolean): Act[] {
    const gone = this.waiting.filter(which);
    gone.forEach((act) => this.forget(act));
    return gone;
  }

  /** Try now, also what was held, instead of at the end of the pause between attempts. */
  nudge(): void {
    void this.takeOver(); // a window that was opened later may be gone by now
    this.queue = [...this.held, ...this.queue];
    this.held = [];
    this.wake();
    if (this.queue.length) void this.flush();
  }

  /** Resolves when nothing waits any more but what is held. */
  flush(): Promise<void> {
    this.running ??= this.ready
      .then(() => this.run())
      .finally(() => {
        this.running = null;
        if (this.queue.length) void this.flush(); // put after the last one was sent
      });
    return this.running;
  }

  private tell(kind: OutboxState['kind']): void {
    this.told = kind;
    const waiting = this.queue.filter(this.options.isCounted ?? (() => true)).length;
    if (kind === 'saved') this.options.onState({ kind, held: this.held.length });
    else if (kind === 'saving') this.options.onState({ kind, waiting });
    else this.options.onState({ kind, waiting, isSignedOut: this.isSignedOut });
  }

  private async takeOver(): Promise<void> {
    try {
      const windows = new Set((await this.options.store.all()).map(({ window }) => window));
      windows.delete(this.options.window);
      for (const window of this.watched) windows.delete(window);
      for (const window of windows) this.watched.add(window);
      const taken = [...windows].map((window) =>
        this.options.gone(window).then(() => this.inherit(window)),
      );
      const patience = new Promise((go) => setTimeout(go, PATIENCE_AT_START_MS));
      await Promise.race([Promise.all(taken), patience]);
    } catch {
      this.options.onFragile();
    }
  }

  private async inherit(window: string): Promise<void> {
    const known = new Set(this.waiting.map(({ id }) => id));
    const left = (await this.options.store.all()).filter(
      (act) => act.window === window && !known.has(act.id),
    );
    if (!left.length) return;
    this.queue = [...left, ...this.queue];
    this.options.onTakenOver?.();
    void this.flush();
  }

  private async run(): Promise<void> {
    let failures = 0;
    for (let head = this.queue[0]; head; head = this.queue[0]) {
      if (!failures) this.tell('saving');
      try {
        await this.keeping.get(head.id);
        const answer = await this.options.send(head);
        this.forget(head);
        failures = 0;
        this.handlers.get(head.kind)?.onStored?.(head, answer);
      } catch (error) {
        if (error instanceof ApiError && error.isElsewhere) {
          this.leave(head);
          this.held.push(head);
        } else if (error instanceof ApiError && error.isFinal) {
          this.forget(head);
          this.handlers.get(head.kind)?.onRefused?.(head, error);
        } else {
          failures += 1;
          this.isSignedOut = error instanceof ApiError && error.isSignedOut;
          this.tell('retrying');
          await this.pause(Math.min(500 * 2 ** (failures - 1), LONGEST_WAIT_MS));
        }
      }
    }
    this.tell('saved');
  }

  private pause(ms: number): Promise<void> {
    const wait = this.options.wait ?? ((time) => new Promise((done) => setTimeout(done, time)));
    return Promise.race([wait(ms), new Promise<void>((done) => (this.wake = done))]);
  }

  private leave(act: Act): void {
    this.queue = this.queue.filter((other) => other !== act);
    this.held = this.held.filter((other) => other !== act);
    this.carried = this.carried.filter((other) => other !== act);
  }

  private forget(act: Act): void {
    this.leave(act);
    const kept = this.keeping.get(act.id) ?? Promise.resolve();
    this.keeping.delete(act.id);
    void kept.then(() => this.options.store.remove(act.id)).catch(() => undefined);
  }
}
