/** Server-sent events that come back: the browser itself gives up after an HTTP error. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'lost';

const RETRY_MS = 3000;
const LOST_AFTER = 3;

/**
 * Calls `onNews` for every event, for "resync", and each time the connection opens, since what
 * happened before it is unknown. "lost" means that the server refused three times in a row: the
 * signed address may have expired, so the page should say to reload. It still tries.
 */
export function followLive(
  url: string,
  onNews: () => void,
  onConnection: (state: Connection) => void,
): () => void {
  let refusals = 0;
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    source = new EventSource(url);
    source.onopen = () => {
      refusals = 0;
      onConnection('live');
      onNews();
    };
    source.onmessage = onNews;
    source.addEventListener('resync', onNews);
    source.onerror = () => {
      const isClosed = source.readyState === EventSource.CLOSED;
      if (isClosed) {
        refusals += 1;
        source.close();
        timer = setTimeout(open, RETRY_MS);
      }
      onConnection(refusals >= LOST_AFTER ? 'lost' : 'reconnecting');
    };
  }

  onConnection('connecting');
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
