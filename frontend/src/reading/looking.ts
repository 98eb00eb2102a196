/** How the images are looked at: layout, crosshair, cine, windows, and the keys for them. */
import { computed, signal } from '@preact/signals';

import type { Reading } from '../api/types';
import type { ViewAct } from '../viewer/acts';
import type { HungNow, Looking } from '../viewer/hanging';
import { type Action, registerActions } from './actions';
import { happened, newerEvents, sendEvents } from './events';
import { isFrozen, unless } from './frozen';
import * as state from './state';

const LAYOUT_KEYS = 9;

export const looking = signal<Looking>({
  layout: 0,
  hung: [],
  slot: 0,
  isByHand: false,
  preset: '',
  isInverted: false,
  isClose: false,
  isCine: false,
  hasCrosshair: false,
});

export const layouts = computed(() => state.reading.value?.hanging.layouts ?? []);

export const chooseLayout = (at: number) => state.viewing.current?.setLayout(at);

/** The reading in which this window has chosen what hangs. */
let chosenIn = 0;

/** The reader has chosen a layout, or hung a series: what hangs is kept with the reading. */
export function layoutChosen({ name, hung, isByHand }: HungNow): void {
  chosenIn = state.reading.value?.id ?? 0;
  happened('layout', { name, hung, by_hand: isByHand });
  sendEvents();
}

/** A choice that the server's answer may not know yet counts as the last one. */
export function withOwnHanging(one: Reading, askedAt: number): Reading {
  const told = newerEvents(one.id, askedAt).findLast(({ kind }) => kind === 'layout')?.detail;
  if (!told) return one;
  const chosen = { layout: told.name as string, hung: told.hung as (number | null)[] };
  return { ...one, hanging: { ...one.hanging, chosen } };
}

/** What an earlier page had chosen has come late: hang it, unless something was chosen here. */
export function hangAsTold(one: Reading): void {
  if (chosenIn !== one.id) state.viewing.current?.hangAsTold(one);
}

/** Series of the case that may hang in the active viewport. */
export const choices = computed(() => state.reading.value?.series ?? []);

export function askSeries(): void {
  if (choices.value.length && !isFrozen('layout')) state.isSeriesOpen.value = true;
}

export const hangSeries = (id: number) => state.viewing.current?.hangSeries(id);
export const hangByProtocol = () => state.viewing.current?.hangByProtocol();

export const look = (act: ViewAct) => () => state.viewing.current?.act(act);

const images: Action[] = [
  {
    id: 'crosshair',
    keys: ['o'],
    words: 'Crosshair in the middle, and off',
    act: look('crosshair'),
  },
  {
    id: 'close-up',
    keys: ['z'],
    words: 'Zoom to the level, and back',
    when: unless('zoom'),
    act: look('close-up'),
  },
  { id: 'cine', keys: ['q'], words: 'Run through the slices, and stop', act: look('cine') },
  {
    id: 'stop-cine',
    keys: ['Escape'],
    words: 'Stop running',
    when: () => looking.value.isCine,
    act: look('stop-cine'),
  },
  ...(
    [
      ['invert', 'd', 'Invert grey'],
      ['previous-window', '[', 'Window before'],
      ['next-window', ']', 'Next window'],
    ] as const
  ).map(([id, key, words]) => ({
    id,
    keys: [key],
    words,
    when: unless('window'),
    act: look(id),
  })),
];

registerActions('Images', [
  ...images,
  {
    id: 'series',
    keys: ['b'],
    words: 'Hang another series in the active image',
    when: unless('layout'),
    act: askSeries,
  },
  {
    id: 'by-protocol',
    keys: ['Shift+0'],
    words: 'Hang as the protocol says again',
    when: () => looking.value.isByHand,
    act: hangByProtocol,
  },
  ...Array.from({ length: LAYOUT_KEYS }, (_, at) => ({
    id: `layout-${at + 1}`,
    keys: [`Shift+${at + 1}`],
    words: `Layout ${at + 1}`,
    when: () => at < layouts.value.length,
    act: () => chooseLayout(at),
  })),
]);
