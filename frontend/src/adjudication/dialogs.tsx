/** What is asked over the images: the password of a signature; and the keys. */
import { useEffect, useRef } from 'preact/hooks';

import { actionsOf } from '../reading/actions';
import { isGraphicsLost } from '../reading/state';
import { send } from './session';
import * as state from './state';

// Escape ends a dialog with `cancel` at once; `close` may come after the keys that follow it.
function useModal(isOpen: boolean) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return dialog;
}

export function SignDialog() {
  const isOpen = state.isSigning.value;
  const dialog = useModal(isOpen);
  const count = state.cells.value.length;
  return (
    <dialog
      ref={dialog}
      class="help sign-dialog"
      aria-label="Sign the decisions"
      onCancel={() => (state.isSigning.value = false)}
      onClose={() => (state.isSigning.value = false)}
    >
      <h2>
        Sign {count} {count === 1 ? 'decision' : 'decisions'} of {state.current.value?.case.number}
      </h2>
      {isOpen && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const sent = new FormData(event.currentTarget);
            void send(String(sent.get('password')), sent.get('consensus') === 'on');
          }}
        >
          <ul class="signed-cells">
            {state.cells.value.map((cell) => (
              <li key={cell.id}>
                {cell.disc_level}, {state.cellName(cell)}:{' '}
                <b>{state.chosen.value.get(cell.id)?.score ?? 'not gradable'}</b>
              </li>
            ))}
          </ul>
          <p>
            <label>
              <input type="checkbox" name="consensus" class="own-keys" /> Consensus of a panel, not
              mine alone
            </label>
          </p>
          <label class="comment-field">
            Your password or authenticator code
            <input
              name="password"
              type="password"
              required
              autocomplete="current-password"
              autofocus
            />
          </label>
          {state.problem.value && (
            <p class="note note-problem" role="alert">
              {state.problem.value}
            </p>
          )}
          <div class="help-foot">
            <button type="submit" class="submit-button own-keys" disabled={state.isSending.value}>
              Sign
            </button>
            <button
              type="button"
              class="room-button own-keys"
              onClick={() => (state.isSigning.value = false)}
            >
              Cancel
            </button>
          </div>
        </form>
      )}
    </dialog>
  );
}

const shown = (key: string) =>
  key
    .split('+')
    .map((part) => (part.length === 1 ? part.toUpperCase() : part))
    .join(' + ') || '+';

export function Keys() {
  const dialog = useModal(state.isHelpOpen.value);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-label="Keys"
      onCancel={() => (state.isHelpOpen.value = false)}
      onClose={() => (state.isHelpOpen.value = false)}
    >
      <h2>Keys</h2>
      <div class="help-groups">
        {actionsOf.value.map(({ name, actions }) => (
          <table key={name}>
            <caption>{name}</caption>
            <tbody>
              {actions
                .filter(({ id, when }) => (when?.() ?? true) && !/^score-[1-9]$/.test(id))
                .map(({ id, keys, words }) => (
                  <tr key={id}>
                    <th scope="row">
                      <kbd>{id === 'score-0' ? '0 to 9' : keys.map(shown).join(' or ')}</kbd>
                    </th>
                    <td>{words}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        ))}
      </div>
      <div class="help-foot">
        <button
          type="button"
          class="room-button own-keys"
          onClick={() => (state.isHelpOpen.value = false)}
        >
          Close
        </button>
      </div>
    </dialog>
  );
}

export function GraphicsLost() {
  if (!isGraphicsLost.value) return null;
  return (
    <div class="graphics-lost" role="alert">
      <h2>The images can't be drawn any more</h2>
      <p>The computer has reset its graphics. What you have chosen is kept; reload to go on.</p>
      <button type="button" class="submit-button own-keys" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}
