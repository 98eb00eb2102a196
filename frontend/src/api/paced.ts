/**
 * Calls that come in bursts become one run at a time, none sooner than `everyMs` after the last.
 * `run` deals with its own errors.
 */
export function paced(run: () => Promise<void>, everyMs: number): () => void {
  let isRunning = false;
  let isWanted = false;
  let startedAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function start(): void {
    timer = undefined;
    isWanted = false;
    isRunning = true;
    startedAt = performance.now();
    void run().finally(() => {
      isRunning = false;
      if (isWanted) request();
    });
  }

  /** The first call runs at once; later ones are joined, and the last is never lost. */
  function request(): void {
    isWanted = true;
    if (isRunning || timer !== undefined) return;
    const waitMs = startedAt + everyMs - performance.now();
    if (waitMs <= 0) start();
    else timer = setTimeout(start, waitMs);
  }
  return request;
}
