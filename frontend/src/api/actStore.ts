/** Where acts wait in the browser: IndexedDB, which outlives a reload and a crash. */
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
