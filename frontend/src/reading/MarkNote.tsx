/** What the panel says while the points of a mark are moved by keys. */
import { measure, POINTS } from '../drawing/measures';
import { sliceAt } from '../viewer/slices';
import { edited, markWords } from './drawing';
import { FAR_MM, keepEdited, leaveEdited, STEP_MM } from './markEditing';
import { Keys, NoteButton } from './noteParts';
import * as state from './state';

export function MarkNote() {
  const { value: now } = edited;
  const one = state.reading.value;
  if (!now || !one) return null;
  const { kind, points, stackId, stackPosition } = now.mark;
  const plane = sliceAt(one, stackId, stackPosition);
  const values = plane ? measure(kind, points, plane) : {};
  return (
    <div class="note note-strong" role="status" data-point={now.at}>
      <strong>{markWords({ ...now.mark, values })}</strong>
      {POINTS[kind] > 1 && `: point ${now.at + 1} of ${POINTS[kind]}`}
      <div class="note-acts">
        <NoteButton words="Keep" act={keepEdited} isMain />
        <NoteButton words="As it was" act={leaveEdited} />
      </div>
      <Keys
        keys={[
          ['Arrows', `move it ${STEP_MM} mm`],
          ['Shift Arrows', `${FAR_MM} mm`],
          ...(kind === 'box' ? ([['PgUp PgDn', 'its slice']] as const) : []),
          ...(POINTS[kind] > 1 ? ([['Tab', 'next point']] as const) : []),
          ['⇧M', 'next mark'],
          ['Del', 'delete'],
          ['Enter', 'keep'],
          ['Esc', 'as it was'],
        ]}
      />
    </div>
  );
}
