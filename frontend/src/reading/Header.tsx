/** 40 px: which case, which arm, tools of the images, how long, and whether everything is saved. */
import { MeasureMenu } from './MeasureMenu';
import { outbox } from './outbox';
import * as state from './state';
import { clock, savedWords } from './states';
import { togglePause } from './timekeeping';
import { ViewBar } from './ViewBar';

function Saved() {
  const saving = state.saving.value;
  const heldHere = saving.kind === 'saved' && saving.held ? state.unsaved.value.size : 0;
  const kind = heldHere ? 'retrying' : saving.kind;
  return (
    <span class={`saved saved-${kind}`} role="status" data-saved={kind}>
      {savedWords(saving, state.answered.value, heldHere)}{' '}
      {kind === 'retrying' && <Retry isSignedOut={heldHere > 0 || isSignedOut()} />}
    </span>
  );
}

function isSignedOut(): boolean {
  const saving = state.saving.value;
  return saving.kind === 'retrying' && saving.isSignedOut;
}

function Retry({ isSignedOut: mustSignIn }: { isSignedOut: boolean }) {
  return mustSignIn ? (
    <a class="room-button" href="/sign-in/?next=/sign-in/done/" target="_blank" rel="noopener">
      Sign in
    </a>
  ) : (
    <button type="button" class="room-button own-keys" onClick={() => outbox.nudge()}>
      Try now
    </button>
  );
}

export function Header() {
  const one = state.reading.value;
  return (
    <header class="room-header">
      <a class="room-home" href="/" title="Back to the worklist">
        SpineStudy
      </a>
      {one && (
        <>
          <strong class="case-number">{one.case.number}</strong>
          <span class={`arm-badge ${one.arm.ai_allowed ? 'aided' : ''}`}>{one.arm.label}</span>
          <span class="room-muted room-progress" title="Cases submitted">
            {one.progress.done} of {one.progress.total}
            <span class="when-wide"> cases submitted</span>
          </span>
          {one.phase === 'training' && <span class="arm-badge">Training</span>}
          {one.case.is_synthetic && <span class="room-muted room-synthetic">SYNTHETIC</span>}
          <ViewBar />
          <MeasureMenu />
          <span class="room-space" />
          <button
            type="button"
            class="room-button own-keys timer"
            title="Active time with this case; pause"
            aria-pressed={state.isPaused.value}
            onClick={togglePause}
          >
            <time aria-label="Active time with this case">{clock(state.seconds.value)}</time>{' '}
            <kbd>P</kbd>
          </button>
          <Saved />
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
