/** What notes of the panel are made of: keys with their words, and buttons. */
import { blur } from './focus';

export function Keys({ keys }: { keys: readonly (readonly [string, string])[] }) {
  return (
    <p class="note-keys">
      {keys.map(([key, words]) => (
        <span key={key}>
          <kbd>{key}</kbd> {words}
        </span>
      ))}
    </p>
  );
}

interface Pressed {
  words: string;
  act: () => void;
  isMain?: boolean;
}

/** Gives the focus back, so that keys go to the images again. */
export function NoteButton({ words, act, isMain }: Pressed) {
  const style = isMain ? 'submit-button' : 'room-button';
  const press = () => {
    blur();
    act();
  };
  return (
    <button type="button" class={`${style} own-keys`} onClick={press}>
      {words}
    </button>
  );
}
