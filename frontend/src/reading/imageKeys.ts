/** Keys of the active image. */
import type { ViewAct } from '../viewer/acts';
import { registerActions } from './actions';
import type { Freezable } from '../viewer/hanging';
import { unless } from './frozen';
import * as state from './state';

const IMAGE_KEYS: readonly (readonly [ViewAct, string[], string, Freezable?])[] = [
  ['next-viewport', ['v'], 'Next image becomes the active one'],
  ['previous-slice', ['PageUp', 'w'], 'Previous slice'],
  ['next-slice', ['PageDown', 's'], 'Next slice'],
  ['enlarge', ['e'], 'Enlarge, and back', 'layout'],
  ['zoom-in', ['+', '='], 'Zoom in', 'zoom'],
  ['zoom-out', ['-'], 'Zoom out', 'zoom'],
  ['brighter', ['i'], 'Brighter', 'window'],
  ['darker', ['k'], 'Darker', 'window'],
  ['more-contrast', ['u'], 'More contrast', 'window'],
  ['less-contrast', ['j'], 'Less contrast', 'window'],
  ['reset', ['f'], 'Reset window, zoom and pan of all'],
  ['pan-left', ['Shift+ArrowLeft'], 'Pan to the left'],
  ['pan-right', ['Shift+ArrowRight'], 'Pan to the right'],
  ['pan-up', ['Shift+ArrowUp'], 'Pan up'],
  ['pan-down', ['Shift+ArrowDown'], 'Pan down'],
];

registerActions(
  'Images',
  IMAGE_KEYS.map(([act, keys, words, setting]) => ({
    id: act,
    keys,
    words,
    ...(setting && { when: unless(setting) }),
    act: () => state.viewing.current?.act(act),
  })),
);
