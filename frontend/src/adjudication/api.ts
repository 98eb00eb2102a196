/** The server's side of adjudication. */
import { ApiError, call } from '../api/client';
import type { AdjudicationCase, CaseInQueue, Decisions } from '../api/types';
import { unpack } from '../drawing/codec';

/** Where a case of the queue is found, below the API and below the pages. */
export interface Place extends CaseInQueue {
  reader_study_id: number;
}

const path = ({ reader_study_id, arm_id, case_id }: Place) =>
  `/reader-studies/${reader_study_id}/adjudication/${arm_id}/${case_id}/`;
const apiUrl = (place: Place) => `/api/v1${path(place)}`;
export const pageUrl = (place: Place) => `${path(place)}images/`;
export const queueUrl = ({ reader_study_id }: Place) =>
  `/reader-studies/${reader_study_id}/adjudication/`;

export const fetchCase = (place: Place) => call<AdjudicationCase>('GET', apiUrl(place));

export const sendDecisions = (place: Place, decisions: Decisions) =>
  call<{ decided: number; next: CaseInQueue | null }>('POST', apiUrl(place), decisions);

/** One reader's labelmap, slices x rows x columns. */
export async function fetchMask(place: Place, letter: string, stackId: number) {
  const answer = await fetch(`${apiUrl(place)}masks/${letter}/${stackId}/`, {
    credentials: 'same-origin',
  });
  if (!answer.ok) throw new ApiError(answer.status, 'mask', 'The masks of a reader did not come.');
  return unpack(new Uint8Array(await answer.arrayBuffer()));
}
