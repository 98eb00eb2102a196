/** Transitional anatomy, by "y": how many lumbar vertebrae, and what is unusual about the last. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import {
  type Count,
  levelsLost,
  levelsOf,
  sayAnatomy,
  type Transition,
  TRANSITIONS,
  vertebraeOf,
} from './anatomy';
import * as state from './state';

const COUNTS: readonly (readonly [Count, string])[] = [
  [5, 'Five, the usual number'],
  [4, 'Four'],
  [6, 'Six'],
];

/** Of the kinds that some item is of. */
function levelsOfGrid(count: Count): string[] {
  const kinds = new Set(state.reading.value?.items.map((item) => item.site_kind));
  return [
    ...(kinds.has('disc') ? levelsOf(count) : []),
    ...(kinds.has('vertebra') ? vertebraeOf(count) : []),
  ];
}

export function AnatomyDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const count = useSignal<Count>(5);
  const transition = useSignal<Transition>('none');
  const isOpen = state.isAnatomyOpen.value;
  const one = state.reading.value;
  useEffect(() => {
    if (!isOpen) return dialog.current?.close();
    count.value = (one?.anatomy.lumbar_count ?? 5) as Count;
    transition.value = one?.anatomy.transition ?? 'none';
    dialog.current?.showModal();
  }, [isOpen]);
  const lost = one ? levelsLost(one, count.value) : [];
  const close = () => (state.isAnatomyOpen.value = false);
  return (
    <dialog
      ref={dialog}
      class="help anatomy"
      aria-label="Lumbar vertebrae"
      onCancel={close}
      onClose={close}
    >
      <h2>Lumbar vertebrae</h2>
      <fieldset>
        <legend>How many lumbar vertebrae has this spine?</legend>
        {COUNTS.map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name="count"
              checked={count.value === value}
              onChange={() => (count.value = value)}
            />{' '}
            {words}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Transition to the sacrum</legend>
        {Object.entries(TRANSITIONS).map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name="transition"
              checked={transition.value === value}
              onChange={() => (transition.value = value as Transition)}
            />{' '}
            {words}
          </label>
        ))}
      </fieldset>
      <p>Levels of the grid: {levelsOfGrid(count.value).join(', ')}.</p>
      {lost.length > 0 && (
        <p class="note note-problem" role="status">
          Answers at {lost.join(', ')} are kept but count no more. They come back if you change this
          again.
        </p>
      )}
      <div class="help-foot">
        <button
          type="button"
          class="submit-button own-keys"
          onClick={() => {
            sayAnatomy(count.value, transition.value);
            close();
          }}
        >
          Say so
        </button>
        <button type="button" class="room-button own-keys" onClick={close}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}
