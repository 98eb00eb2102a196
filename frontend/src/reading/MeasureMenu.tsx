/** Tools and the list of marks, behind one button of the header. */
import { choose, marks, markWords, remove, selected, tool, TOOLS, tools } from './drawing';
import { editMark } from './markEditing';
import { MaskMenu } from './MaskMenu';
import { BRUSHES, brush, segments } from './masks';
import * as state from './state';

const shown = (key: string) => key.replace('Shift+', '⇧').toUpperCase();

export function MeasureMenu() {
  if (!tools.value.length && !segments.value.length) return null;
  return (
    <details class="measure own-keys">
      <summary class="room-button" title="Measure and mark">
        {active() ? `${active()} …` : `Draw${count()}`}
      </summary>
      <div class="measure-menu">
        {tools.value.map((kind) => (
          <button
            key={kind}
            type="button"
            class="room-button own-keys"
            aria-pressed={tool.value === kind}
            disabled={state.isClosed.value}
            onClick={() => choose(tool.value === kind ? null : kind)}
          >
            {TOOLS[kind][0]} <kbd>{shown(TOOLS[kind][1])}</kbd>
          </button>
        ))}
        <MaskMenu />
        {marks.value.length > 0 && (
          <ul aria-label="Marks of this case">
            {marks.value.map((mark) => (
              <li key={mark.key} class={mark.key === selected.value ? 'selected' : ''}>
                <button
                  type="button"
                  class="mark-words own-keys"
                  title="Move its points by keys"
                  onClick={() => editMark(mark.key)}
                >
                  {markWords(mark)}
                  {mark.isUnsaved && ' (not saved yet)'}
                </button>
                <button
                  type="button"
                  class="room-button own-keys"
                  aria-label={`Delete ${markWords(mark)}`}
                  disabled={state.isClosed.value}
                  onClick={() => remove(mark.key)}
                >
                  Delete
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </details>
  );
}

/** The tool or brush that is taken. */
const active = () =>
  (tool.value && TOOLS[tool.value][0]) || (brush.value && BRUSHES[brush.value][0]) || '';

const count = () => (marks.value.length ? ` (${marks.value.length})` : '');
