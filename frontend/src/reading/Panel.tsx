/** The panel at the right: notes, grid, switches, the end of the case. */
import { GradingPanel } from '../grading/GradingPanel';
import * as controls from './controls';
import { FindingsList } from './FindingsList';
import { Help } from './Help';
import { AnatomyDialog } from './AnatomyDialog';
import { ConflictNote } from './ConflictNote';
import { LevelNote } from './LevelNote';
import { MarkNote } from './MarkNote';
import { AiNote, FlagsNote, ImageNote, KeepingNote, MissingSeriesNote } from './notes';
import { fillNormal } from './answers';
import { ReportButton, ReportDialog } from './ReportDialog';
import { toggleSplit } from './secondWindow';
import { submit } from './session';
import * as state from './state';

function Submit() {
  const { answered, cells, isClosed, isSubmitting, problem } = state;
  const isWaiting = isSubmitting.value && state.saving.value.kind === 'retrying';
  return (
    <footer class="submit">
      {(problem.value || isWaiting) && (
        <p class="note note-problem" role="alert">
          {isWaiting ? 'The case is submitted as soon as all answers are saved.' : problem.value}
        </p>
      )}
      {state.tip.value && (
        <p class="note" role="status">
          {state.tip.value}
        </p>
      )}
      {!isClosed.value && (
        <button type="button" class="room-button own-keys rest-normal" onClick={fillNormal}>
          Rest normal <kbd>.</kbd>
        </button>
      )}
      <button
        type="button"
        class="submit-button own-keys"
        disabled={state.isSubmittingLong.value}
        onClick={() => void submit()}
      >
        {isClosed.value ? 'Next case' : 'Submit case'} <kbd>Ctrl ↵</kbd>
      </button>
      <span class="room-muted">
        {isClosed.value
          ? 'Submitted; answers are shown, not changed'
          : `${answered.value} of ${cells.value} cells answered`}
      </span>
    </footer>
  );
}

/** "5 lumbar vertebrae", or what is unusual. */
function anatomyWords(): string {
  const anatomy = state.reading.value?.anatomy;
  const words = `${anatomy?.lumbar_count ?? 5} lumbar vertebrae`;
  return anatomy && anatomy.transition !== 'none' ? `${words}, transitional` : words;
}

function Switches() {
  const switches = [
    { on: state.isLinked.value, key: 'L', words: 'Linked', act: controls.toggleLinked },
    { on: state.hasLines.value, key: 'R', words: 'Lines', act: controls.toggleLines },
    { on: state.isAdvancing.value, key: 'A', words: 'Move on', act: controls.toggleAdvancing },
    { on: state.isSplit.value, key: 'G', words: 'Two windows', act: toggleSplit },
  ];
  return (
    <p class="switches">
      <button
        type="button"
        class="room-button own-keys"
        disabled={state.isClosed.value}
        onClick={() => (state.isAnatomyOpen.value = true)}
      >
        {anatomyWords()} <kbd>Y</kbd>
      </button>
      {switches.map(({ on, key, words, act }) => (
        <button
          key={key}
          type="button"
          class="room-button switch own-keys"
          aria-pressed={on}
          onClick={act}
        >
          {words} <kbd>{key}</kbd>
        </button>
      ))}
      <ReportButton />
    </p>
  );
}

function End({ title, words, isAlarm }: { title: string; words: string; isAlarm: boolean }) {
  return (
    <div class="finished" role={isAlarm ? 'alert' : 'status'}>
      <h1>{title}</h1>
      <p>{words}</p>
      <a class="submit-button" href="/">
        Back to the worklist
      </a>
    </div>
  );
}

export function Panel() {
  if (state.fatal.value) {
    return <End title="This case can't be opened" words={state.fatal.value} isAlarm />;
  }
  if (state.finished.value) {
    const words = 'Every case of this session is submitted and stored.';
    return <End title="All cases read" words={words} isAlarm={false} />;
  }
  if (!state.reading.value) return null;
  return (
    <>
      <KeepingNote />
      <ConflictNote />
      <MissingSeriesNote />
      <LevelNote />
      <MarkNote />
      <ImageNote />
      <FlagsNote />
      <GradingPanel />
      <AiNote />
      <FindingsList />
      <Switches />
      <Submit />
      <Help />
      <AnatomyDialog />
      <ReportDialog />
    </>
  );
}
