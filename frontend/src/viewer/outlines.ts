/** AI's outlines, by the slice that they lie on. */
import type { Outline, Reading } from '../api/types';

/** Outlines by "stack/position" of the slice. */
export function outlinesOf(reading: Reading): Map<string, Outline[]> {
  const found = new Map<string, Outline[]>();
  for (const outline of reading.prediction?.outlines ?? []) {
    const key = `${outline.stack_id}/${outline.stack_position}`;
    found.set(key, [...(found.get(key) ?? []), outline]);
  }
  return found;
}
