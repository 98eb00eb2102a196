/** The upload pages: send files in batches with progress; follow an import live. */

interface UploadRow {
  id: number;
  state: 'receiving' | 'queued' | 'running' | 'done' | 'failed';
  files_total: number;
  files_accepted: number;
  files_known: number;
  files_quarantined: number;
  message: string;
}

const BATCH_FILES = 100;
const BATCH_BYTES = 64 * 1024 * 1024;
const STATE_WORDS: Record<UploadRow['state'], string> = {
  receiving: 'receiving',
  queued: 'waiting',
  running: 'importing',
  done: 'done',
  failed: 'failed',
};

/** Split files so that no request grows beyond what the server should hold at once. */
function batches(files: File[]): File[][] {
  const all: File[][] = [];
  let batch: File[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (batch.length === BATCH_FILES || bytes + file.size > BATCH_BYTES)) {
      all.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) all.push(batch);
  return all;
}

function send(
  url: string,
  body: FormData,
  token: string,
  onProgress: (bytes: number) => void,
): Promise<UploadRow> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('X-CSRFToken', token);
    request.responseType = 'json';
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      const answer = request.response as (UploadRow & { message: string }) | null;
      if (request.status < 300 && answer) resolve(answer);
      else reject(new Error(answer?.message ?? `The server answered ${request.status}.`));
    };
    request.onerror = () =>
      reject(new Error('The connection was lost. Check the network and upload again.'));
    request.send(body);
  });
}

function seconds(ms: number): string {
  const s = Math.round(ms / 1000);
  return s < 90 ? `${s} s` : `${Math.round(s / 60)} min`;
}

function startForm(form: HTMLFormElement): void {
  const find = <T extends HTMLElement>(selector: string) => form.querySelector(selector) as T;
  const inputs = [find<HTMLInputElement>('#files'), find<HTMLInputElement>('#folder')];
  const button = find<HTMLButtonElement>('button[type=submit]');
  const errors = find<HTMLElement>('#upload-errors');
  const progress = find<HTMLElement>('#upload-progress');
  const chosen = () => inputs.flatMap((input) => Array.from(input.files ?? []));

  const describe = () => {
    const files = chosen();
    const mib = files.reduce((sum, file) => sum + file.size, 0) / 1024 / 1024;
    button.disabled = files.length === 0;
    find<HTMLElement>('#upload-chosen').textContent =
      files.length === 0
        ? 'Nothing chosen yet.'
        : `${files.length} file${files.length === 1 ? '' : 's'}, ${mib.toFixed(1)} MiB`;
  };
  for (const input of inputs) input.addEventListener('change', describe);

  const upload = async () => {
    const files = chosen();
    const total = files.reduce((sum, file) => sum + file.size, 0) || 1;
    const token = find<HTMLInputElement>('input[name=csrfmiddlewaretoken]').value;
    const started = performance.now();
    const bar = progress.querySelector('progress') as HTMLProgressElement;
    const words = progress.querySelector('span') as HTMLElement;
    let url = form.dataset.uploadsUrl ?? '';
    let sent = 0;
    let row: UploadRow | null = null;
    const all = batches(files);
    for (const [index, batch] of all.entries()) {
      const body = new FormData();
      if (index === 0) body.set('cohort', find<HTMLInputElement>('#cohort').value);
      body.set('more', String(index < all.length - 1));
      for (const file of batch) {
        body.append('files', file);
        body.append('names', file.webkitRelativePath || file.name);
      }
      row = await send(url, body, token, (bytes) => {
        const done = Math.min((sent + bytes) / total, 1);
        bar.value = done;
        const elapsed = performance.now() - started;
        words.textContent = `${Math.round(done * 100)} %, about ${seconds((elapsed / done) * (1 - done))} left`;
      });
      sent += batch.reduce((sum, file) => sum + file.size, 0);
      url = `${form.dataset.uploadsUrl}${row.id}/files/`;
    }
    if (row) location.assign((form.dataset.detailUrl ?? '').replace('/0/', `/${row.id}/`));
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    errors.hidden = true;
    progress.hidden = false;
    button.disabled = true;
    upload().catch((error: Error) => {
      errors.textContent = error.message;
      errors.hidden = false;
      progress.hidden = true;
      button.disabled = false;
    });
  });
  describe();
}

function followRun(run: HTMLElement): void {
  const part = (name: string) => run.querySelector(`[data-part=${name}]`) as HTMLElement;
  const bar = run.querySelector('progress') as HTMLProgressElement;
  const started = performance.now();
  let first: number | null = null;

  const show = (row: UploadRow) => {
    const done = row.files_accepted + row.files_known + row.files_quarantined;
    first ??= done;
    bar.max = row.files_total || 1;
    bar.value = done;
    part('done').textContent = `${done}/${row.files_total} files`;
    part('state').textContent = STATE_WORDS[row.state];
    part('state').className = `badge badge-${row.state}`;
    for (const name of ['files_accepted', 'files_known', 'files_quarantined'] as const) {
      part(name).textContent = String(row[name]);
    }
    part('message').textContent = row.message;
    part('message').hidden = !row.message;
    const elapsed = performance.now() - started;
    const left = done > first ? (elapsed / (done - first)) * (row.files_total - done) : null;
    part('time').textContent = left === null ? '' : `about ${seconds(left)} left`;
    run.dataset.state = row.state;
  };

  const fetchRow = async () => {
    const response = await fetch(run.dataset.uploadUrl ?? '');
    if (!response.ok) return;
    const row = (await response.json()) as UploadRow;
    show(row);
    if (row.state === 'done' || row.state === 'failed') location.reload();
  };

  let waiting = 0;
  const soon = () => {
    if (waiting) return;
    waiting = window.setTimeout(() => {
      waiting = 0;
      void fetchRow();
    }, 150);
  };
  const source = new EventSource(run.dataset.liveUrl ?? '');
  source.onopen = soon;
  source.onmessage = soon;
  source.addEventListener('resync', soon);
}

const form = document.getElementById('upload');
if (form instanceof HTMLFormElement) startForm(form);
const run = document.getElementById('upload-run');
if (run && run.dataset.state !== 'done' && run.dataset.state !== 'failed') followRun(run);
