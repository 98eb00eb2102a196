/** Undo and redo: what was changed together, with the values before and after. Pure. */

export interface Change<Value> {
  key: string;
  before: Value;
  after: Value;
}

export class History<Value> {
  private done: Change<Value>[][] = [];
  private undone: Change<Value>[][] = [];

  /** Something new was done; what was undone before can't be done again. */
  add(changes: Change<Value>[]): void {
    if (!changes.length) return;
    this.done.push(changes);
    this.undone = [];
  }

  /** What must be set to take back the last act; null if there is none. */
  undo(): { key: string; value: Value }[] | null {
    const last = this.done.pop();
    if (!last) return null;
    this.undone.push(last);
    return last.map(({ key, before }) => ({ key, value: before })).reverse();
  }

  /** What must be set to do again what was taken back. */
  redo(): { key: string; value: Value }[] | null {
    const next = this.undone.pop();
    if (!next) return null;
    this.done.push(next);
    return next.map(({ key, after }) => ({ key, value: after }));
  }

  clear(): void {
    this.done = [];
    this.undone = [];
  }
}
