/** The time spent with a case, kept in the browser so that a reload doesn't start at nought. */

const place = (readingId: number) => `spinestudy-seconds:${readingId}`;

export function keptSeconds(readingId: number): number {
  const kept = Number(localStorage.getItem(place(readingId)));
  return Number.isFinite(kept) && kept > 0 ? kept : 0;
}

export function keepSeconds(readingId: number, seconds: number): void {
  try {
    localStorage.setItem(place(readingId), seconds.toFixed(1));
  } catch {
    // a full or forbidden storage: only a reload would have needed it
  }
}

export function forgetSeconds(readingId: number): void {
  localStorage.removeItem(place(readingId));
}
