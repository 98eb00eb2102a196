/** The page of AI runs: progress and failures live, failed runs can be retried. */
import { signal } from '@preact/signals';
import { render } from 'preact';

interface Job {
  id: number;
  imaging_study: number;
  patient_id: string;
  pipeline: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed';
  progress: number;
  step: string;
  attempts: number;
  error_message: string;
  created_at: string;
  duration_s: number | null;
  flags: { code: string; words: string }[];
}

const root = document.getElementById('jobs') as HTMLElement;
const jobs = signal<Job[] | null>(null);
const count = signal(0);
const problem = signal('');
const isLive = signal(false);

const WORDS: Record<Job['state'], string> = {
  queued: 'waiting',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
};

async function fetchJobs(): Promise<void> {
  const response = await fetch(`${root.dataset.jobsUrl}?page_size=200`, {
    headers: { 'X-Passive': '1' }, // asked by an event, not by a person
  });
  if (!response.ok) {
    problem.value = 'The list could not be fetched. It is tried again with the next change.';
    return;
  }
  const body = (await response.json()) as { count: number; results: Job[] };
  jobs.value = body.results;
  count.value = body.count;
  problem.value = '';
}

let waiting = 0;
function fetchSoon(): void {
  if (waiting) return;
  waiting = window.setTimeout(() => {
    waiting = 0;
    void fetchJobs();
  }, 200);
}

function follow(): void {
  const source = new EventSource(root.dataset.liveUrl ?? '');
  source.onopen = () => {
    isLive.value = true;
    fetchSoon();
  };
  source.onmessage = fetchSoon;
  source.addEventListener('resync', fetchSoon);
  source.onerror = () => {
    isLive.value = false;
  };
}

async function retry(job: Job): Promise<void> {
  const token = root.querySelector<HTMLInputElement>('input[name=csrfmiddlewaretoken]');
  const response = await fetch(`/api/v1/jobs/${job.id}/retry/`, {
    method: 'POST',
    headers: { 'X-CSRFToken': token?.value ?? '' },
  });
  if (!response.ok) problem.value = ((await response.json()) as { message: string }).message;
  fetchSoon();
}

function JobRow({ job }: { job: Job }) {
  return (
    <tr data-job={job.id} data-state={job.state}>
      <td>
        <a href={`/exams/${job.imaging_study}/`}>{job.patient_id}</a>
      </td>
      <td>{job.pipeline}</td>
      <td>
        <span class={`badge badge-${job.state}`}>{WORDS[job.state]}</span>
      </td>
      <td>
        {job.state === 'failed' ? (
          <span class="job-error">{job.error_message}</span>
        ) : (
          <>
            <progress class="progress" max={1} value={job.progress} />{' '}
            <span class="muted">{job.step}</span>
          </>
        )}
        {job.flags.map(({ code, words }) => (
          <p key={code} class="job-flag" data-flag={code}>
            {words}
          </p>
        ))}
      </td>
      <td class="num">{job.duration_s === null ? '' : `${job.duration_s.toFixed(1)} s`}</td>
      <td class="num">{job.attempts}</td>
      <td>
        {job.state === 'failed' && (
          <button class="button" type="button" onClick={() => void retry(job)}>
            Retry
          </button>
        )}
      </td>
    </tr>
  );
}

function Summary({ all }: { all: Job[] }) {
  const number = (state: Job['state']) => all.filter((job) => job.state === state).length;
  return (
    <p class="muted" aria-live="polite">
      {number('running')} running · {number('queued')} waiting · {number('failed')} failed ·{' '}
      {number('succeeded')} done · n = {count.value} ·{' '}
      <span class={isLive.value ? 'live-on' : 'live-off'}>
        {isLive.value ? 'live' : 'reconnecting'}
      </span>
    </p>
  );
}

function Jobs() {
  const all = jobs.value;
  if (all === null) return <p class="muted">{problem.value || 'Fetching the runs …'}</p>;
  if (all.length === 0) {
    return (
      <div class="panel empty">
        <h2>No AI run yet</h2>
        <p>Runs appear here when a reader study with an AI-aided arm is opened.</p>
      </div>
    );
  }
  const failedFirst = [...all].sort(
    (a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'),
  );
  return (
    <>
      {problem.value && <p class="message message-error">{problem.value}</p>}
      <Summary all={all} />
      <table class="table">
        <thead>
          <tr>
            <th>Patient</th>
            <th>Pipeline</th>
            <th>State</th>
            <th>Progress</th>
            <th class="num">Time</th>
            <th class="num">Attempts</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {failedFirst.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </tbody>
      </table>
    </>
  );
}

const list = document.createElement('div');
root.append(list);
render(<Jobs />, list);
void fetchJobs();
follow();
