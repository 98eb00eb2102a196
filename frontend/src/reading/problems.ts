/** Problems with the case that the reader reports, and what coordinators answer. */
import { effect, signal } from '@preact/signals';

import { fetchProblems, readingUrl } from '../api/client';
import type { Act } from '../api/outbox';
import type { ProblemKind, ProblemReport } from '../api/types';
import { uuid } from '../api/uuid';
import { registerActions } from './actions';
import { outbox } from './outbox';
import * as state from './state';

export const KINDS: readonly (readonly [ProblemKind, string])[] = [
  ['wrong_images', 'Wrong images'],
  ['missing_series', 'Missing series'],
  ['bad_quality', 'Bad quality'],
  ['duplicate', 'Case seen before'],
  ['other', 'Something else'],
];

export interface ShownReport extends ProblemReport {
  /** It still waits to be sent. */
  isUnsent?: boolean;
}

/** Reports of the case on screen, the oldest first. */
export const reports = signal<readonly ShownReport[]>([]);
export const isOpen = state.isReportOpen;

export const kindWords = (kind: ProblemKind): string =>
  KINDS.find(([one]) => one === kind)?.[1] ?? kind;

/** Answers of coordinators to the reports of this case. */
export const answers = (): number =>
  reports.value.flatMap(({ replies }) => replies).filter((one) => !one.is_from_reader).length;

interface Body {
  kind: ProblemKind;
  text: string;
}

function unsent(act: Act): ShownReport {
  const body = act.body as Body;
  const reported_at = new Date(act.madeAt).toISOString();
  return {
    ...body,
    report_key: act.id,
    reported_at,
    is_settled: false,
    replies: [],
    isUnsent: true,
  };
}

const waitingOf = (readingId: number): ShownReport[] =>
  outbox.waiting.filter((act) => act.kind === 'problem' && act.readingId === readingId).map(unsent);

/** Ask the server for the threads of the case on screen; what waits here is shown with them. */
export async function loadReports(): Promise<void> {
  const id = state.reading.value?.id;
  if (id === undefined) return;
  const known = await fetchProblems(id).catch(() => null);
  if (state.reading.value?.id !== id) return;
  const waiting = waitingOf(id);
  const isWaiting = new Set(waiting.map(({ report_key }) => report_key));
  const stored = known ?? reports.value.filter(({ isUnsent }) => !isUnsent);
  reports.value = [...stored.filter((one) => !isWaiting.has(one.report_key)), ...waiting];
}

/** Report a problem: kept in the browser, sent as soon as the server is there. */
export function report(kind: ProblemKind, text: string): void {
  const one = state.reading.value;
  if (!one) return;
  const key = uuid();
  outbox.put({
    id: key,
    readingId: one.id,
    kind: 'problem',
    method: 'PUT',
    url: `${readingUrl(one.id)}problems/${key}/`,
    body: { kind, text: text.trim() },
  });
  const waiting = waitingOf(one.id).filter(({ report_key }) => report_key === key);
  reports.value = [...reports.value, ...waiting];
  state.tip.value = 'The problem is reported. You can go on with the case.';
}

outbox.on('problem', {
  onStored: (act, answer) => {
    if (act.readingId !== state.reading.value?.id) return;
    const stored = answer as ProblemReport;
    const others = reports.value.filter((one) => one.report_key !== stored.report_key);
    reports.value = [...others, stored];
  },
  onRefused: (act, error) => {
    reports.value = reports.value.filter((one) => one.report_key !== act.id);
    state.problem.value = `The problem was not reported. ${error.message}`;
  },
});

let shownId: number | undefined;
effect(() => {
  const id = state.reading.value?.id;
  if (id === shownId) return;
  shownId = id;
  reports.value = [];
  isOpen.value = false;
});

registerActions('Room', [
  {
    id: 'report',
    keys: ['Shift+i'],
    words: 'Report a problem with the case',
    when: () => state.reading.value !== null,
    act: () => (isOpen.value = true),
  },
]);
