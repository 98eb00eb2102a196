/** All keys, by "?"; each can be changed here. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { type Action, actionsOf, chosenKeys, keyName } from './actions';
import { GRID_KEYS } from './gridKeys';
import { chooseKey, resetKeys } from './preferences';
import * as state from './state';

const MOUSE: readonly (readonly [string, string])[] = [
  ['Wheel', 'Scroll'],
  ['Left drag', 'Window (sideways) and level (up, down)'],
  ['Right drag', 'Zoom'],
  ['Middle drag', 'Pan (also Shift and left)'],
  ['Double click', 'Enlarge, and back'],
  ['Click on L4/L5', 'Go to that level'],
  ['Click on a title', 'Hang another series there'],
];

const LEVELS: readonly (readonly [string, string])[] = [
  ['M', 'Begin; again: leave them as they were'],
  ['Arrows, Enter', 'Move the cross into a body, take it'],
  ['1 to 6, S, T', 'It is L1 to L6, S1, T12'],
  ['Tab', 'Choose the next mark'],
  ['Arrows', 'Move it 1 mm, with Shift 5 mm'],
  ['Delete', 'Level not visible: no mark'],
  ['N', 'Name anew: all levels shift'],
  ['Backspace', 'Click another body'],
  ['Enter, Escape', 'Keep, cancel'],
];

const MARKS: readonly (readonly [string, string])[] = [
  ['Shift + M', 'The next mark, to move its points'],
  ['Tab', 'Next point (with Shift: the one before)'],
  ['Arrows', 'Move it 0.5 mm, with Shift 5 mm'],
  ['Page Up, Page Down', 'Corner of a 3D box: slice beside'],
  ['Delete', 'Delete the mark'],
  ['Enter, Escape', 'Keep, leave as it was'],
];

const shown = (key: string) =>
  key === '+'
    ? key
    : key
        .split('+')
        .map((part) => (part.length === 1 ? part.toUpperCase() : part))
        .join(' + ');

function Fixed({ title, rows }: { title: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {rows.map(([key, words]) => (
          <tr key={words}>
            <th scope="row">
              <kbd>{key}</kbd>
            </th>
            <td>{words}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const changing = useSignal<Action | null>(null);
  const said = useSignal('');
  const isOpen = state.isHelpOpen.value;
  useEffect(() => {
    changing.value = null;
    said.value = '';
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);

  async function take(event: KeyboardEvent): Promise<void> {
    const action = changing.value;
    const isBare = ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key);
    if (!action || isBare) return;
    event.preventDefault();
    event.stopPropagation();
    changing.value = null;
    said.value = event.key === 'Escape' ? '' : await chooseKey(action.id, keyName(event));
  }

  return (
    <dialog
      ref={dialog}
      class="help"
      onCancel={() => (state.isHelpOpen.value = false)}
      onClose={() => (state.isHelpOpen.value = false)}
      onKeyDown={(event) => void take(event)}
    >
      <h2>Keys and mouse</h2>
      <p class="room-muted" role="status">
        {changing.value
          ? `Press the new key for: ${changing.value.words}. Escape leaves it as it is.`
          : said.value || 'Choose a key to change it; changes go with your account.'}
      </p>
      <div class="help-groups">
        <Fixed title="Grid" rows={GRID_KEYS} />
        {actionsOf.value.map(({ name, actions }) => (
          <table key={name}>
            <caption>{name}</caption>
            <tbody>
              {actions.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    <button
                      type="button"
                      class="key-button"
                      aria-label={`${one.words}: ${one.keys.map(shown).join(' or ')}. Change`}
                      aria-pressed={changing.value?.id === one.id}
                      onClick={() => (changing.value = one)}
                    >
                      {one.keys.map((key, at) => (
                        <span key={key}>
                          {at > 0 && ' or '}
                          <kbd>{shown(key)}</kbd>
                        </span>
                      ))}
                    </button>
                  </th>
                  <td>{one.words}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
        <Fixed title="While levels are marked" rows={LEVELS} />
        <Fixed title="While a mark is moved" rows={MARKS} />
        <Fixed title="Mouse" rows={MOUSE} />
      </div>
      <div class="help-foot">
        <button
          type="button"
          class="room-button own-keys"
          onClick={() => (state.isHelpOpen.value = false)}
        >
          Close
        </button>
        {Object.keys(chosenKeys.value).length > 0 && (
          <button
            type="button"
            class="room-button own-keys"
            onClick={() => void resetKeys().then((words) => (said.value = words))}
          >
            Reset all keys
          </button>
        )}
      </div>
    </dialog>
  );
}
