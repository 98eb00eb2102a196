/** AI's findings in boxes, surest first; each is accepted, rejected, or left open. */
import { useEffect, useRef } from 'preact/hooks';

import type { Detection } from '../api/types';
import { findingWords, scoreWords } from '../viewer/findings';
import { choose, detections, judge, selected, verdicts } from './findings';
import * as state from './state';

const JUDGEMENTS = [
  ['accepted', 'Accept', '✓'],
  ['rejected', 'Reject', '✕'],
] as const;

function Finding({ one }: { one: Detection }) {
  const verdict = verdicts.value.get(one.id) ?? '';
  const isSelected = selected.value === one.id;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSelected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  const words = findingWords(one, state.reading.value?.items ?? []);
  const spoken = `${one.disc_level} ${words} ${scoreWords(one)}`;
  return (
    <li
      ref={row}
      class={`finding-row ${isSelected ? 'selected' : ''} ${verdict}`}
      data-finding={one.id}
    >
      <button
        type="button"
        class="finding-words own-keys"
        aria-current={isSelected}
        aria-label={`${spoken}, ${verdict || 'open'}. Go there`}
        onClick={() => choose(one.id)}
      >
        <b>{one.disc_level}</b> <span>{words}</span>{' '}
        <span
          class="finding-score"
          title={one.is_calibrated ? 'Calibrated probability' : 'Score, not a probability'}
        >
          {scoreWords(one)}
        </span>
      </button>
      {JUDGEMENTS.map(([said, name, sign]) => (
        <button
          key={said}
          type="button"
          class="finding-judge own-keys"
          aria-pressed={verdict === said}
          aria-label={`${name} ${spoken}`}
          title={verdict === said ? 'Take it back' : name}
          disabled={state.isClosed.value}
          onClick={() => judge(one.id, said)}
        >
          {sign}
        </button>
      ))}
    </li>
  );
}

export function FindingsList() {
  const all = detections.value;
  if (!all.length) return null;
  const open = all.filter(({ id }) => !verdicts.value.get(id)).length;
  return (
    <section class="findings" aria-label="Findings of AI">
      <h2>
        Findings{' '}
        <span class="room-muted">
          {open ? `${open} of ${all.length} open` : `all ${all.length} judged`}
        </span>
        <span
          class="findings-keys"
          title="Step: Shift + J and K. Accept: Shift + Y. Reject: Shift + N."
        >
          <kbd>⇧J</kbd> <kbd>⇧K</kbd> <kbd>⇧Y</kbd> <kbd>⇧N</kbd>
        </span>
      </h2>
      <ul>
        {all.map((one) => (
          <Finding key={one.id} one={one} />
        ))}
      </ul>
    </section>
  );
}
