/** The page around images and grid: header, notes, help. */
import { useEffect, useRef } from 'preact/hooks';

import { GradingPanel } from '../grading/GradingPanel';
import { GRID_KEYS, SHORTCUTS } from './keys';
import * as controls from './controls';
import * as session from './session';
import { clock, savedWords } from './states';

function Header() {
  const one = session.reading.value;
  const state = session.saving.value;
  const arm = one?.arm;
  return (
    <header class="room-header">
      <a class="room-home" href="/" title="Back to the worklist">
        SpineStudy
      </a>
      {one && (
        <>
          <strong class="case-number">{one.case.number}</strong>
          <span class={`arm-badge ${arm?.ai_allowed ? 'aided' : ''}`}>{arm?.label}</span>
          <span class="room-muted">
            {one.progress.done} of {one.progress.total} cases submitted
          </span>
          {one.case.is_synthetic && <span class="room-muted">SYNTHETIC</span>}
          <span class="room-space" />
          <time class="room-muted" aria-label="Time with this case">
            {clock(session.seconds.value)}
          </time>
          <span class={`saved saved-${state.kind}`} role="status" data-saved={state.kind}>
            {savedWords(state, session.answered.value)}
          </span>
          <button
            type="button"
            class="room-button own-keys"
            onClick={() => (session.isHelpOpen.value = true)}
          >
            Keys <kbd>?</kbd>
          </button>
        </>
      )}
    </header>
  );
}

function AiNote() {
  const one = session.reading.value;
  const found = one?.prediction;
  if (!found) return null;
  const words = {
    none: 'AI has not been run on this case.',
    pending: 'AI is running; its proposals appear here.',
    failed: 'The AI run failed; read without it. The coordinator can retry.',
    ready: session.isAiVisible.value ? 'Proposals beside each cell' : 'Hidden',
  }[found.status];
  return (
    <section class="ai-note" data-ai={found.status}>
      <p>
        <strong>AI</strong> {found.pipeline} · not for clinical use
      </p>
      <p>
        {words}{' '}
        <button type="button" class="room-button own-keys" onClick={controls.toggleAi}>
          {session.isAiVisible.value ? 'Hide' : 'Show'} <kbd>H</kbd>
        </button>
      </p>
    </section>
  );
}

function MissingSeriesNote() {
  const viewports = session.reading.value?.viewports ?? [];
  const absent = viewports.filter(({ series }) => !series).map(({ title }) => title);
  if (!absent.length) return null;
  return <p class="note">Not in this exam: {absent.join(', ')}.</p>;
}

function LevelNote() {
  const one = session.reading.value;
  if (!one) return null;
  const asked = session.marking.value;
  if (asked !== null) {
    return (
      <p class="note note-strong" role="status">
        Click the centre of disc <strong>{asked}</strong> on a sagittal image. Esc stops.
      </p>
    );
  }
  if (one.level_marks.length === 0 && !session.isClosed.value) {
    return (
      <p class="note">
        The disc levels of this case aren't marked, so images can't follow the grid.{' '}
        <button type="button" class="room-button own-keys" onClick={controls.toggleMarking}>
          Mark levels <kbd>M</kbd>
        </button>
      </p>
    );
  }
  return null;
}

function Submit() {
  const { answered, cells, isClosed, isSubmitting } = session;
  return (
    <footer class="submit">
      {session.problem.value && (
        <p class="note note-problem" role="alert">
          {session.problem.value}
        </p>
      )}
      <button
        type="button"
        class="submit-button own-keys"
        disabled={isSubmitting.value}
        onClick={() => void session.submit()}
      >
        {isClosed.value ? 'Next case' : 'Submit case'} <kbd>Ctrl ↵</kbd>
      </button>
      <span class="room-muted">
        {isClosed.value ? 'Submitted' : `${answered.value} of ${cells.value} cells answered`}
      </span>
    </footer>
  );
}

function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = session.isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="help" onClose={() => (session.isHelpOpen.value = false)}>
      <h2>Keys and mouse</h2>
      <table>
        <tbody>
          {GRID_KEYS.map(([key, words]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{words}</td>
            </tr>
          ))}
          {SHORTCUTS.map(({ keys, words }) => (
            <tr key={words}>
              <td>
                {keys.map((key) => (
                  <kbd key={key}>{key.length === 1 ? key.toUpperCase() : key}</kbd>
                ))}
              </td>
              <td>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="room-muted">
        Mouse: wheel scrolls, left drag is window and level, right drag zooms, middle drag or Shift
        with left drag pans, double click enlarges one image.
      </p>
      <form method="dialog">
        <button class="room-button own-keys">Close</button>
      </form>
    </dialog>
  );
}

function Switches() {
  const switches = [
    { on: session.isLinked.value, key: 'L', words: 'Linked scroll', act: controls.toggleLinked },
    { on: session.hasLines.value, key: 'R', words: 'Reference lines', act: controls.toggleLines },
    { on: session.isAdvancing.value, key: 'A', words: 'Move on', act: controls.toggleAdvancing },
  ];
  return (
    <p class="switches">
      {switches.map(({ on, key, words, act }) => (
        <button
          key={key}
          type="button"
          class="room-button own-keys"
          aria-pressed={on}
          onClick={act}
        >
          {words} <kbd>{key}</kbd>
        </button>
      ))}
    </p>
  );
}

function Finished() {
  return (
    <div class="finished">
      <h1>All cases read</h1>
      <p>Every case of this session is submitted and stored.</p>
      <a class="submit-button" href="/">
        Back to the worklist
      </a>
    </div>
  );
}

export function Panel() {
  if (session.fatal.value) {
    return (
      <div class="finished" role="alert">
        <h1>This case can't be opened</h1>
        <p>{session.fatal.value}</p>
        <a class="submit-button" href="/">
          Back to the worklist
        </a>
      </div>
    );
  }
  if (session.finished.value) return <Finished />;
  return (
    <>
      <MissingSeriesNote />
      <LevelNote />
      <GradingPanel />
      <AiNote />
      <Switches />
      <Submit />
      <Help />
    </>
  );
}

export { Header };
