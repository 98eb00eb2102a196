/** Which case, which arm, how many wait. */
import { queueUrl } from './api';
import { here } from './session';
import * as state from './state';

export function Header() {
  const one = state.current.value;
  return (
    <header class="room-header">
      <a class="room-home" href="/" title="Back to the first page">
        SpineStudy
      </a>
      {one && (
        <>
          <strong class="case-number">{one.case.number}</strong>
          <span class="arm-badge">{one.arm.label}</span>
          <span class="room-muted">
            Adjudication, {one.cases_left} {one.cases_left === 1 ? 'case waits' : 'cases wait'}
          </span>
          {one.case.is_synthetic && <span class="room-muted">SYNTHETIC</span>}
          <span class="room-space" />
          <a class="room-button" href={queueUrl(here())}>
            Queue
          </a>
          <button
            type="button"
            class="room-button own-keys"
            onClick={() => (state.isHelpOpen.value = true)}
          >
            Keys <kbd>?</kbd>
          </button>
        </>
      )}
    </header>
  );
}
