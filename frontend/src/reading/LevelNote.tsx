/** What the panel says of the levels: that they aren't marked, and each step of marking them. */
import { hungSeries } from '../viewer/slices';
import * as marking from './marking';
import { Keys, NoteButton } from './noteParts';
import * as state from './state';

function Pick() {
  return (
    <div class="note note-strong" role="status">
      <strong>Click the middle of one vertebral body</strong> on a sagittal image, or move the cross
      there. The other levels are found from it.
      <Keys
        keys={[
          ['Arrows', 'move the cross'],
          ['PgUp PgDn', 'slice'],
          ['Enter', 'take it'],
          ['Esc', 'cancel'],
        ]}
      />
    </div>
  );
}

function Name({ isGuessed }: { isGuessed: boolean }) {
  const names = marking.clickableNames();
  const chosen = marking.namedBody();
  return (
    <div class="note note-strong" role="status">
      <strong>Which vertebra did you click?</strong>{' '}
      {isGuessed
        ? `${chosen} is what counting from the sacrum suggests.`
        : 'The sacrum was not recognised: count for yourself.'}
      <div class="level-names" role="group" aria-label="Vertebra that was clicked">
        {names.map((name, at) => (
          <button
            key={name}
            type="button"
            class="room-button own-keys"
            aria-pressed={name === chosen}
            onClick={() => marking.nameBody(names.length - 1 - at)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="note-acts">
        <NoteButton words={`It is ${chosen}`} act={marking.confirmName} isMain />
        <NoteButton words="Cancel" act={marking.stop} />
      </div>
      <Keys
        keys={[
          ['1–6', 'L1 to L6'],
          ['S', 'S1'],
          ['T', 'T12'],
          ['Arrows', 'one up or down'],
          ['Enter', 'right so'],
          ['Backspace', 'click anew'],
          ['Esc', 'cancel'],
        ]}
      />
    </div>
  );
}

function Check({ chosen }: { chosen: string }) {
  const all = marking.marked();
  const mark = all.find((place) => marking.keyOf(place) === chosen);
  const unsure = all.filter(({ isSure }) => !isSure).length;
  const what = mark?.kind === 'disc' ? 'disc' : 'body';
  return (
    <div class="note note-strong" role="status">
      <strong>Check the {all.length} levels</strong> on every image.{' '}
      {mark ? `Chosen: ${mark.level} ${what}.` : 'Drag what lies wrong.'}
      {unsure > 0 && (
        <p class="note-warning">
          {unsure === 1 ? 'One level is' : `${unsure} levels are`} not seen clearly, or only placed
          by the usual distance: marked with “?”.
        </p>
      )}
      <div class="note-acts">
        <NoteButton words="Keep levels" act={marking.keep} isMain />
        <NoteButton words="Name anew" act={marking.askName} />
        <NoteButton words="Cancel" act={marking.stop} />
      </div>
      <Keys
        keys={[
          ['Tab', 'choose one'],
          ['Arrows', 'move it 1 mm'],
          ['Shift Arrows', '5 mm'],
          ['Del', 'not visible'],
          ['N', 'name anew'],
          ['Backspace', 'click anew'],
          ['Enter', 'keep'],
          ['Esc', 'cancel'],
        ]}
      />
    </div>
  );
}

/** Marks that name other levels than the grid asks for: the number of vertebrae was changed since. */
function OtherNames() {
  return (
    <p class="note note-problem" role="status">
      The levels on the images are named for another number of lumbar vertebrae than the grid. Press{' '}
      <kbd>M</kbd> and name them anew.
    </p>
  );
}

export function LevelNote() {
  const one = state.reading.value;
  if (!one) return null;
  const { value: now } = state.marking;
  if (now?.step === 'pick') return <Pick />;
  if (now?.step === 'name') return <Name isGuessed={now.isGuessed} />;
  if (now?.step === 'check') return <Check chosen={now.chosen} />;
  const hasSagittal = hungSeries(one).some(({ series }) => series?.plane === 'sagittal');
  if (state.isClosed.value || !hasSagittal) return null;
  if (marking.isNamedOtherwise(one)) return <OtherNames />;
  if (one.level_marks.length > 0) return null;
  return (
    <p class="note">
      The levels of this case aren't marked, so images can't follow the grid. One click finds them.{' '}
      <button type="button" class="room-button own-keys" onClick={marking.toggleMarking}>
        Mark levels <kbd>M</kbd>
      </button>
    </p>
  );
}
