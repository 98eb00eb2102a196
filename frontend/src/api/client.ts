/** The server's API: session cookie, CSRF header, errors as one type. */
import type { Answer, Grade, LevelMark, Reading } from './types';

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
    return this.status === 400 || this.status === 404 || this.status === 409;
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

export async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRFToken'] = cookie('csrftoken');
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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

export const fetchReading = (id: number) => call<Reading>('GET', `/api/v1/readings/${id}/`);

export const sendAnswer = (id: number, answer: Answer) =>
  call<Grade>('PUT', `/api/v1/readings/${id}/grades/`, answer);

export const submitReading = (id: number) =>
  call<{ next_reading_id: number | null }>('POST', `/api/v1/readings/${id}/submit/`, {});

export const sendLevelMarks = (
  id: number,
  marks: { kind: 'disc' | 'vertebra'; level: string; position_lps: number[] }[],
) => call<{ level_marks: LevelMark[] }>('PUT', `/api/v1/readings/${id}/level-marks/`, { marks });
