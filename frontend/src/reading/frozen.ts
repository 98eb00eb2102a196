/** Settings of the viewer that the protocol has taken out of the reader's hands. */
import { computed } from '@preact/signals';

import type { Reading } from '../api/types';
import * as state from './state';

export type Setting = Reading['protocol']['frozen'][number];

const WORDS: Readonly<Record<Setting, string>> = {
  layout: 'layout',
  window: 'window',
  zoom: 'zoom',
  ai_opacity: 'AI overlays',
};

export const isFrozen = (setting: Setting): boolean =>
  state.reading.value?.protocol.frozen.includes(setting) ?? false;

/** As a condition of an action. */
export const unless = (setting: Setting) => () => !isFrozen(setting);

/** "window, zoom" */
export const frozenWords = computed(() =>
  (state.reading.value?.protocol.frozen ?? []).map((setting) => WORDS[setting]).join(', '),
);
