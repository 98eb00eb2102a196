/** All keys, by "?". */
import { useEffect, useRef } from 'preact/hooks';

import { GRID_KEYS, IMAGE_KEYS, SWITCH_KEYS } from './keys';
import * as state from './state';

type Row = readonly [keys: readonly string[], words: string];

const named = (key: string) => (key.length === 1 ? key.toUpperCase() : key);

const GROUPS: readonly (readonly [string, readonly Row[]])[] = [
  ['Grid', GRID_KEYS.map(([key, words]): Row => [[key], words])],
  ['Room', SWITCH_KEYS.map(({ keys, words }): Row => [keys.map(named), words])],
  [
    'Images',
    [
      ...IMAGE_KEYS.map(({ keys, words }): Row => [keys.map(named), words]),
      [['Shift + arrows'], 'Pan'],
    ],
  ],
  [
    'Mouse',
    [
      [['Wheel'], 'Scroll'],
      [['Left drag'], 'Window (sideways) and level (up, down)'],
      [['Right drag'], 'Zoom'],
      [['Middle drag', 'Shift + left'], 'Pan'],
      [['Double click'], 'Enlarge, and back'],
      [['Click on L4/L5'], 'Go to that level'],
    ],
  ],
];

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = state.isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="help" onClose={() => (state.isHelpOpen.value = false)}>
      <h2>Keys and mouse</h2>
      <div class="help-groups">
        {GROUPS.map(([title, rows]) => (
          <table key={title}>
            <caption>{title}</caption>
            <tbody>
              {rows.map(([keys, words]) => (
                <tr key={words}>
                  <th scope="row">
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </th>
                  <td>{words}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
      <form method="dialog">
        <button class="room-button own-keys">Close</button>
      </form>
    </dialog>
  );
}
