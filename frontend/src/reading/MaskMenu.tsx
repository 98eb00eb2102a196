/** Brushes, segments and how masks look. */
import type { Brush } from '../viewer/masks';
import * as masks from './masks';
import * as state from './state';

const shown = (key: string) => key.replace('Shift+', '⇧').toUpperCase();

function Range() {
  const [low, high] = masks.range.value;
  return (
    <div class="mask-row">
      <span>Only values</span>
      <input
        type="number"
        aria-label="Lowest value"
        value={low}
        onInput={(event) => (masks.range.value = [Number(event.currentTarget.value), high])}
      />
      <span>to</span>
      <input
        type="number"
        aria-label="Highest value"
        value={high}
        onInput={(event) => (masks.range.value = [low, Number(event.currentTarget.value)])}
      />
    </div>
  );
}

export function MaskMenu() {
  if (!masks.segments.value.length) return null;
  return (
    <>
      <h3>Masks{masks.unsavedMasks.value.size > 0 && ' (not saved yet)'}</h3>
      <div class="mask-segments" role="group" aria-label="Segment to paint">
        {masks.segments.value.map(({ value, name }) => (
          <label key={value} class="mask-row">
            <input
              type="radio"
              name="segment"
              checked={masks.segment.value === value}
              onChange={() => (masks.segment.value = value)}
            />
            <svg class="swatch" aria-hidden="true">
              <rect width="12" height="12" fill={colorOf(value)} />
            </svg>
            {name}
          </label>
        ))}
      </div>
      {(Object.keys(masks.BRUSHES) as Brush[]).map((kind) => (
        <button
          key={kind}
          type="button"
          class="room-button own-keys"
          aria-pressed={masks.brush.value === kind}
          disabled={state.isClosed.value}
          onClick={() => masks.chooseBrush(masks.brush.value === kind ? null : kind)}
        >
          {masks.BRUSHES[kind][0]} <kbd>{shown(masks.BRUSHES[kind][1])}</kbd>
        </button>
      ))}
      {masks.brush.value === 'threshold' && <Range />}
      <button type="button" class="room-button own-keys" onClick={masks.fillBetween}>
        Fill between slices <kbd>⇧F</kbd>
      </button>
      <label class="mask-row">
        <span>Size {masks.radiusMm.value.toFixed(1)} mm</span>
        <input
          type="range"
          min="0.5"
          max="30"
          step="0.5"
          value={masks.radiusMm.value}
          onInput={(event) => (masks.radiusMm.value = Number(event.currentTarget.value))}
        />
      </label>
      <label class="mask-row">
        <span>Opacity</span>
        <input
          type="range"
          min="0.1"
          max="1"
          step="0.05"
          value={masks.opacity.value}
          onInput={(event) => (masks.opacity.value = Number(event.currentTarget.value))}
        />
      </label>
    </>
  );
}

const colorOf = (value: number) =>
  masks.segments.value.find((one) => one.value === value)?.color ?? '';
