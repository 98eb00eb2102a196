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

/**
 * Which windows of this browser are alive. A window holds a lock as long as it lives; what a dead
 * one has left behind is taken over. Where the browser has no locks (a site without TLS) all is
 * taken over: acts carry keys, so that sending one twice changes nothing.
 */
export async function liveWindows(own: string): Promise<ReadonlySet<string>> {
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) return new Set();
  void locks.request(`spinestudy-window:${own}`, () => new Promise<never>(() => undefined));
  const { held = [] } = await locks.query();
  const names = held.map(({ name = '' }) => name.replace('spinestudy-window:', ''));
  return new Set(names.filter((name) => name !== own));
}
