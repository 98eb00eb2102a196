/** Keys of the active image. */
import type { ViewAct } from '../viewer/acts';
import { registerActions } from './actions';
import * as state from './state';

const IMAGE_KEYS: readonly (readonly [ViewAct, string[], string])[] = [
  ['next-viewport', ['v'], 'Next image becomes the active one'],
  ['previous-slice', ['PageUp', 'w'], 'Previous slice'],
  ['next-slice', ['PageDown', 's'], 'Next slice'],
  ['enlarge', ['e'], 'Enlarge, and back'],
  ['zoom-in', ['+', '='], 'Zoom in'],
  ['zoom-out', ['-'], 'Zoom out'],
  ['brighter', ['i'], 'Brighter'],
  ['darker', ['k'], 'Darker'],
  ['more-contrast', ['u'], 'More contrast'],
  ['less-contrast', ['j'], 'Less contrast'],
  ['reset', ['f'], 'Reset window, zoom and pan of all'],
  ['pan-left', ['Shift+ArrowLeft'], 'Pan to the left'],
  ['pan-right', ['Shift+ArrowRight'], 'Pan to the right'],
  ['pan-up', ['Shift+ArrowUp'], 'Pan up'],
  ['pan-down', ['Shift+ArrowDown'], 'Pan down'],
];

registerActions(
  'Images',
  IMAGE_KEYS.map(([act, keys, words]) => ({
    id: act,
    keys,
    words,
    act: () => state.viewing.current?.act(act),
  })),
);
