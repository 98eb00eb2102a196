/** Report a problem with the case, by Shift+I, and read what coordinators answered. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import type { ProblemKind } from '../api/types';
import { answers, isOpen, KINDS, kindWords, loadReports, report, reports } from './problems';
import * as state from './state';

const when = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
const close = () => (isOpen.value = false);

function Threads() {
  if (!reports.value.length) return null;
  return (
    <ul class="report-list" aria-label="Reported before">
      {reports.value.map((one) => (
        <li key={one.report_key}>
          <strong>{kindWords(one.kind)}</strong>{' '}
          <span class="room-muted">
            {one.isUnsent ? 'not sent yet' : when(one.reported_at)}
            {one.is_settled && ', settled'}
          </span>
          {one.text && <p>{one.text}</p>}
          {one.replies.map((reply) => (
            <p key={reply.written_at} class="report-reply">
              <span class="room-muted">{reply.is_from_reader ? 'You' : 'Coordinator'}:</span>{' '}
              {reply.text}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

export function ReportDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const kind = useSignal<ProblemKind>('wrong_images');
  const text = useSignal('');
  const isShown = isOpen.value;
  useEffect(() => {
    if (!isShown) return dialog.current?.close();
    text.value = '';
    void loadReports();
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('input:checked')?.focus();
  }, [isShown]);
  const lacksText = kind.value === 'other' && !text.value.trim();
  return (
    <dialog
      ref={dialog}
      class="help report"
      aria-label="Report a problem"
      onCancel={close}
      onClose={close}
    >
      <h2>Report a problem with {state.reading.value?.case.number}</h2>
      <Threads />
      <fieldset>
        <legend>What is wrong?</legend>
        {KINDS.map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name="problem-kind"
              checked={kind.value === value}
              onChange={() => (kind.value = value)}
            />{' '}
            {words}
          </label>
        ))}
      </fieldset>
      <label class="report-text">
        More{kind.value === 'other' ? '' : ', if need be'}
        <textarea
          rows={3}
          maxLength={2000}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <p class="room-muted">
        The coordinators get it, nobody else. The answer comes here and on your worklist.
      </p>
      <div class="help-foot">
        <button
          type="button"
          class="submit-button own-keys"
          disabled={lacksText}
          onClick={() => {
            report(kind.value, text.value);
            close();
          }}
        >
          Report
        </button>
        <button type="button" class="room-button own-keys" onClick={close}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}

/** The way in, and a word when there is an answer. */
export function ReportButton() {
  const count = answers();
  return (
    <button
      type="button"
      class="room-button own-keys"
      title="Wrong images, missing series, bad quality: tell the coordinators"
      onClick={() => (isOpen.value = true)}
    >
      Report a problem{count > 0 && ` (${count} ${count === 1 ? 'answer' : 'answers'})`}{' '}
      <kbd>⇧I</kbd>
    </button>
  );
}
