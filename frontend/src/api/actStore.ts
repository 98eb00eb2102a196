/** Where acts wait in the browser: a journal, then IndexedDB; both outlive a reload and a crash. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

import type { Act } from './outbox';

export interface ActStore {
  all(): Promise<Act[]>;
  put(act: Act): Promise<void>;
  remove(id: string): Promise<void>;
}

interface Schema extends DBSchema {
  acts: { key: string; value: Act };
}

/** Opens at the first use; every method rejects where the browser refuses IndexedDB. */
export class IndexedActs implements ActStore {
  private db: Promise<IDBPDatabase<Schema>> | null = null;

  async all(): Promise<Act[]> {
    const found = await (await this.open()).getAll('acts');
    return found.sort((a, b) => a.madeAt - b.madeAt);
  }

  async put(act: Act): Promise<void> {
    await (await this.open()).put('acts', act);
  }

  async remove(id: string): Promise<void> {
    await (await this.open()).delete('acts', id);
  }

  private open(): Promise<IDBPDatabase<Schema>> {
    this.db ??= openDB<Schema>('spinestudy-outbox', 1, {
      upgrade: (db) => void db.createObjectStore('acts', { keyPath: 'id' }),
    });
    return this.db;
  }
}

type Journal = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * A journal before IndexedDB. IndexedDB writes take a moment, and a page that is closed in that
 * moment loses them; localStorage is written before the key stroke is over. An act stands in the
 * journal until IndexedDB has it. Masks are too large for it.
 */
export class JournaledActs implements ActStore {
  private static readonly prefix = 'spinestudy-act:';

  constructor(
    private readonly journal: Journal,
    private readonly acts: ActStore,
  ) {}

  async all(): Promise<Act[]> {
    const found = new Map<string, Act>();
    for (let index = 0; index < this.journal.length; index += 1) {
      const place = this.journal.key(index) ?? '';
      if (!place.startsWith(JournaledActs.prefix)) continue;
      const act = JSON.parse(this.journal.getItem(place) ?? '') as Act;
      found.set(act.id, act);
    }
    for (const act of await this.acts.all()) found.set(act.id, act);
    return [...found.values()].sort((a, b) => a.madeAt - b.madeAt);
  }

  async put(act: Act): Promise<void> {
    const place = JournaledActs.prefix + act.id;
    const isSmall = !(act.body instanceof Uint8Array);
    try {
      if (isSmall) this.journal.setItem(place, JSON.stringify(act));
    } catch {
      // full or forbidden: IndexedDB has it a moment later
    }
    await this.acts.put(act);
    if (isSmall) this.journal.removeItem(place);
  }

  async remove(id: string): Promise<void> {
    this.journal.removeItem(JournaledActs.prefix + id);
    await this.acts.remove(id);
  }
}

const lockOf = (window: string) => `spinestudy-window:${window}`;
const locks = () => (navigator as { locks?: LockManager }).locks;

/** Say that a window lives: it holds a lock until it is gone. */
export function live(window: string): void {
  void locks()?.request(lockOf(window), () => new Promise<never>(() => undefined));
}

/**
 * Resolves when a window is gone, which may be now. Where the browser has no locks (a site without
 * TLS) it is taken for gone: acts carry keys, so that sending one twice changes nothing.
 */
export async function gone(window: string): Promise<void> {
  await locks()?.request(lockOf(window), () => undefined);
}
