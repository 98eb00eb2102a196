/** Notes of the panel: AI, levels, images; and what covers images that can't be drawn. */
import * as controls from './controls';
import { isFrozen } from './frozen';
import { hungSeries } from '../viewer/slices';
import * as state from './state';
import { togglePause } from './timekeeping';

const reload = () => location.reload();

export function AiNote() {
  const found = state.reading.value?.prediction;
  if (!found) return null;
  const words = {
    none: 'AI has not been run on this case.',
    pending: 'AI is running; its proposals appear here.',
    failed: 'The AI run failed; read without it. The coordinator can retry.',
    ready: state.isAiVisible.value ? '' : 'Hidden',
  }[found.status];
  return (
    <section class="ai-note" data-ai={found.status}>
      <p>
        <strong>AI</strong> {found.pipeline} · not for clinical use
        {words && (
          <>
            <br />
            <span class="room-muted">{words}</span>
          </>
        )}
      </p>
      {state.isAiVisible.value && !isFrozen('ai_opacity') && (
        <label class="opacity">
          <span>Overlays {Math.round(state.aiOpacity.value * 100)} %</span>
          <input
            type="range"
            class="own-keys"
            min="0"
            max="100"
            step="5"
            value={Math.round(state.aiOpacity.value * 100)}
            aria-label="Opacity of AI overlays, per cent"
            title="Outlines and boxes: < fainter, > stronger"
            onInput={(event) => controls.setAiOpacity(Number(event.currentTarget.value))}
            onChange={controls.keepAiOpacity}
          />
        </label>
      )}
      <button type="button" class="room-button own-keys" onClick={controls.toggleAi}>
        {state.isAiVisible.value ? 'Hide' : 'Show'} <kbd>H</kbd>
      </button>
    </section>
  );
}

/** What makes AI's word on this case less sure; said before its grades. */
export function FlagsNote() {
  const flags = state.isAiVisible.value ? (state.reading.value?.prediction?.flags ?? []) : [];
  if (!flags.length) return null;
  return (
    <section class="ai-flags" aria-label="Caution with AI">
      <strong>AI</strong>
      <ul>
        {flags.map(({ code, words }) => (
          <li key={code} data-flag={code}>
            {words}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What may cost answers: said in the panel, where there is room for it. */
export function KeepingNote() {
  const told = [
    state.isFragile.value &&
      "This browser keeps nothing: don't close the page before all is saved.",
    state.isElsewhere.value && 'Open in another window or on another computer too.',
  ].filter(Boolean);
  if (!told.length) return null;
  return (
    <p class="note note-problem" role="alert">
      {told.join(' ')}
    </p>
  );
}

export function MissingSeriesNote() {
  const viewports = state.reading.value ? hungSeries(state.reading.value) : [];
  const absent = viewports.filter(({ series }) => !series).map(({ title }) => title);
  if (!absent.length) return null;
  return <p class="note">Not in this exam: {absent.join(', ')}.</p>;
}

export function ImageNote() {
  if (!state.imageProblem.value) return null;
  return (
    <p class="note note-problem" role="alert">
      {state.imageProblem.value}{' '}
      <button type="button" class="room-button own-keys" onClick={reload}>
        Reload
      </button>
    </p>
  );
}

export function GraphicsLost() {
  if (!state.isGraphicsLost.value) return null;
  return (
    <div class="graphics-lost" role="alert">
      <h2>The images can't be drawn any more</h2>
      <p>The computer has reset its graphics. Your answers are safe; reload to go on.</p>
      <button type="button" class="submit-button own-keys" onClick={reload}>
        Reload
      </button>
    </div>
  );
}

export function Paused() {
  if (!state.isPaused.value) return null;
  return (
    <div class="paused" role="alert">
      <h2>Paused</h2>
      <p>The clock of this case stands. All answers given are kept.</p>
      <button type="button" class="submit-button own-keys" onClick={togglePause}>
        Go on <kbd>P</kbd>
      </button>
    </div>
  );
}
