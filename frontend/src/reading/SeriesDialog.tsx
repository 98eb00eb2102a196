/** The series of the case, by "b" or a click on a title: one is hung in the active image. */
import { useEffect, useRef } from 'preact/hooks';

import type { ViewerSeries } from '../api/types';
import { titleOf } from '../viewer/slices';
import { choices, hangByProtocol, hangSeries, looking } from './looking';
import * as state from './state';

const close = () => (state.isSeriesOpen.value = false);

const mm = (value: number | null) => (value === null ? '?' : value.toFixed(value < 1 ? 2 : 1));

/** "sagittal, T2 · 20 slices, 4.0 mm apart · pixel 0.68 mm" */
export function seriesWords(series: ViewerSeries): string {
  const { frames, stack_ids: stacks, slice_spacing_mm: apart, row_spacing_mm: pixel } = series;
  const weighting = series.weighting === 'unknown' ? 'weighting unknown' : series.weighting;
  const slices = `${frames.length} ${frames.length === 1 ? 'slice' : 'slices'}`;
  const slabs = stacks.length > 1 ? ` in ${stacks.length} slabs` : '';
  const distance = frames.length > 1 ? `, ${mm(apart)} mm apart` : '';
  return `${series.plane}, ${weighting} · ${slices}${slabs}${distance} · pixel ${mm(pixel)} mm`;
}

/** Where a series hangs now: "here", "image 2", or nowhere. */
function placeOf({ id }: ViewerSeries): string {
  const { hung, slot } = looking.value;
  if (hung[slot] === id) return 'here';
  const at = hung.indexOf(id);
  return at < 0 ? '' : `image ${at + 1}`;
}

function hang(series: ViewerSeries | undefined): void {
  if (!series) return;
  close();
  hangSeries(series.id);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  if (step) {
    const buttons = [
      ...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.series-choice'),
    ];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  } else if (/^[1-9]$/.test(event.key)) hang(choices.value[Number(event.key) - 1]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function SeriesDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = state.isSeriesOpen.value;
  useEffect(() => {
    if (!isOpen) return dialog.current?.close();
    dialog.current?.showModal();
    const here = dialog.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    (here ?? dialog.current?.querySelector<HTMLElement>('.series-choice'))?.focus();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class="help series-dialog"
      aria-label="Series of this case"
      onCancel={close}
      onClose={close}
      onKeyDown={onKey}
    >
      <h2>Hang in image {looking.value.slot + 1}</h2>
      <ul class="series-list">
        {choices.value.map((series, at) => (
          <li key={series.id}>
            <button
              type="button"
              class="series-choice own-keys"
              aria-pressed={placeOf(series) === 'here'}
              data-series={series.id}
              onClick={() => hang(series)}
            >
              <span>{at < 9 && <kbd>{at + 1}</kbd>}</span>
              <span>
                {titleOf(series.title, series)}
                <br />
                <span class="room-muted">{seriesWords(series)}</span>
              </span>
              <span class="room-muted">{placeOf(series)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class="help-foot">
        <button type="button" class="room-button own-keys" onClick={close}>
          Cancel
        </button>
        {looking.value.isByHand && (
          <button
            type="button"
            class="room-button own-keys"
            onClick={() => {
              close();
              hangByProtocol();
            }}
          >
            As the protocol says <kbd>⇧0</kbd>
          </button>
        )}
      </div>
    </dialog>
  );
}
