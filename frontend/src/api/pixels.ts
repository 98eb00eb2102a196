/** Stored pixels of slices; the page may ask for them before the viewer's code has arrived. */

const asked = new Map<string, Promise<ArrayBuffer>>();

async function download(url: string): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error('The server cannot be reached.');
  }
  if (!response.ok) {
    const isPlain = response.headers.get('content-type')?.startsWith('text/plain');
    throw new Error(isPlain ? await response.text() : `The server answered ${response.status}.`);
  }
  return response.arrayBuffer();
}

/** Begin to fetch; the next `fetchPixels` of the same address takes what comes. */
export function askEarly(url: string): void {
  if (asked.has(url)) return;
  const coming = download(url);
  coming.catch(() => undefined); // whoever takes it is told
  asked.set(url, coming);
}

/** The pixels behind a signed address. */
export function fetchPixels(url: string): Promise<ArrayBuffer> {
  const coming = asked.get(url);
  asked.delete(url);
  return coming ?? download(url);
}
