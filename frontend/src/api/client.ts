/** The server's API: session cookie, CSRF header, errors as one type. */
import type { Act } from './outbox';
import type { Evidence, ProblemReport, ProposedGrade, Reading } from './types';

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** The server refused this very request; sending it again won't help. */
  get isFinal(): boolean {
    return [400, 404, 409, 413].includes(this.status);
  }

  /** Nothing under this address for whoever is signed in now; for its owner there may be. */
  get isElsewhere(): boolean {
    return this.status === 404;
  }

  get isSignedOut(): boolean {
    return this.status === 401 || this.code === 'not_authenticated';
  }
}

/** A connection that hangs is a failed attempt, not a silent wait. */
const PATIENCE_MS = 20_000;

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}

/** Send and take JSON; a body of bytes goes as it is. */
export async function call<T>(
  method: string,
  url: string,
  body?: unknown,
  more: Record<string, string> = {},
  keepalive = false,
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...more };
  if (method !== 'GET') headers['X-CSRFToken'] = cookie('csrftoken');
  const isBytes = body instanceof ArrayBuffer || body instanceof Uint8Array;
  if (isBytes) headers['Content-Type'] = 'application/octet-stream';
  else if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      keepalive,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: isBytes ? (body as BodyInit) : JSON.stringify(body) }),
    });
    text = await response.text();
  } catch {
    throw new ApiError(0, 'network', 'The server cannot be reached.');
  }
  if (response.ok) return JSON.parse(text) as T;
  try {
    const error = JSON.parse(text) as {
      code: string;
      message: string;
      details: Record<string, unknown>;
    };
    throw new ApiError(response.status, error.code, error.message, error.details);
  } catch (problem) {
    if (problem instanceof ApiError) throw problem;
    throw new ApiError(response.status, 'server', `The server answered ${response.status}.`);
  }
}

export const readingUrl = (id: number) => `/api/v1/readings/${id}/`;

export const fetchReading = (id: number) => call<Reading>('GET', readingUrl(id));

/** What AI's grade of one cell rested on; 404 where nothing may be shown, or nothing is kept. */
export const fetchEvidence = (
  id: number,
  { item, disc_level, side }: Pick<ProposedGrade, 'item' | 'disc_level' | 'side'>,
) => {
  const level = disc_level.replace('/', '-');
  return call<Evidence>('GET', `${readingUrl(id)}evidence/${item}/${level}/${side || 'none'}/`);
};

export const fetchProblems = (id: number) =>
  call<ProblemReport[]>('GET', `${readingUrl(id)}problems/`);

/** Submit, with the last events of the reading: those are stored with it or not at all. */
export const submitReading = (id: number, last: unknown = {}) =>
  call<{ next_reading_id: number | null }>('POST', `${readingUrl(id)}submit/`, last);

/** Events may still go out while the page is left: they say so. */
export const sendAct = ({ kind, method, url, body, headers }: Act) =>
  call<unknown>(method, url, body, headers, kind === 'events');

export interface Preferences {
  keys: Record<string, string[]>;
  /** Per cent; null: not chosen yet. */
  ai_opacity: number | null;
}

export const fetchPreferences = () => call<Preferences>('GET', '/api/v1/preferences/');

/** Change some; what is left out stays. */
export const sendPreferences = (changed: Partial<Preferences>) =>
  call<Preferences>('PUT', '/api/v1/preferences/', changed);
