/** Pictures that AI's grade of the active cell rested on, with heat where it did. */
import { useEffect, useRef } from 'preact/hooks';

import type { EvidencePicture } from '../api/types';
import { blended, decoded, heatColor } from '../drawing/heat';
import * as evidence from '../reading/evidence';
import * as state from '../reading/state';
import { placeWords } from '../reading/states';
import { type Column } from './model';

/** Pixels of a canvas; the style sheet shows them smaller. */
const SIZE = 256;

function Picture({ one, hasHeat }: { one: EvidencePicture; hasHeat: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const heat = decoded(one.heat);
  const isBlank = heat.values.every((value) => !value);
  useEffect(() => {
    const pixels = blended(decoded(one.image), hasHeat ? heat : null, SIZE);
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, SIZE, SIZE), 0, 0);
  }, [one, hasHeat]);
  const told = isBlank ? 'nothing here spoke for it' : '';
  const place = placeWords(one, state.reading.value?.series ?? []);
  return (
    <figure>
      <canvas
        ref={canvas}
        width={SIZE}
        height={SIZE}
        role="img"
        aria-label={[place, hasHeat ? 'with heat' : 'without heat', told]
          .filter(Boolean)
          .join(', ')}
      />
      <figcaption>
        {place}
        {told && `: ${told}`}
      </figcaption>
    </figure>
  );
}

const css = (heat: number) => `rgb(${heatColor(heat).join(' ')})`;
const RAMP = `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map(css).join(', ')})`;

function Pictures({ pictures, label }: { pictures: readonly EvidencePicture[]; label: string }) {
  const hasHeat = evidence.hasHeat.value;
  return (
    <>
      <div class="evidence-pictures">
        {pictures.map((one) => (
          <Picture key={one.stack_id} one={one} hasHeat={hasHeat} />
        ))}
      </div>
      <p class="evidence-words">
        Where the network looked for “{label}”. It does not say whether that is right. Not for
        clinical use.
      </p>
    </>
  );
}

export function EvidencePanel({ column }: { column: Column }) {
  const panel = useRef<HTMLElement>(null);
  const look = evidence.look.value;
  const found = look?.found ?? null;
  useEffect(() => {
    if (look) panel.current?.scrollIntoView({ block: 'nearest' });
  }, [look]);
  if (!look || look.key !== state.activeKey.value) return null;
  const { labels, scores } = column.scale;
  const label = found ? (labels[scores.indexOf(found.score)] ?? String(found.score)) : '';
  return (
    <section ref={panel} class="evidence" aria-label="What AI’s grade rested on" aria-live="polite">
      {found ? (
        <Pictures pictures={found.pictures} label={label} />
      ) : (
        <p class="evidence-words">{look.problem || 'Fetching …'}</p>
      )}
      <p class="evidence-switches">
        {found && (
          <button
            type="button"
            class="room-button switch own-keys"
            aria-pressed={evidence.hasHeat.value}
            onClick={evidence.toggleHeat}
          >
            Heat <kbd>⇧H</kbd>
          </button>
        )}
        <button type="button" class="room-button own-keys" onClick={evidence.close}>
          Close <kbd>Esc</kbd>
        </button>
        {found && evidence.hasHeat.value && (
          <span class="evidence-scale">
            least <i style={{ background: RAMP }} /> most
          </span>
        )}
      </p>
    </section>
  );
}
