/** Settings of the viewer that the protocol has taken out of the reader's hands. */
import { computed } from '@preact/signals';

import type { Freezable } from '../viewer/hanging';
import * as state from './state';

const WORDS: Readonly<Record<Freezable, string>> = {
  layout: 'layout',
  window: 'window',
  zoom: 'zoom',
  ai_opacity: 'AI overlays',
};

export const isFrozen = (setting: Freezable): boolean =>
  state.reading.value?.protocol.frozen.includes(setting) ?? false;

/** As a condition of an action. */
export const unless = (setting: Freezable) => () => !isFrozen(setting);

/** "window, zoom" */
export const frozenWords = computed(() =>
  (state.reading.value?.protocol.frozen ?? []).map((setting) => WORDS[setting]).join(', '),
);
