/** Masks of several readers as outlines over one another, each reader in a colour and a dash. */
import { type Outline, outlineOf } from '../drawing/outline';
import type { Layer } from './layers';
import { canvasAt } from './masks';
import type { SliceViewport } from './viewport';

export interface ReaderMask {
  letter: string;
  /** Of the colours of readers, from 0. */
  tone: number;
  stackId: number;
  /** slices x rows x columns, in the order of the stack. */
  labels: Uint8Array;
}

export interface ReaderMaskState {
  masks: readonly ReaderMask[];
  /** Label value -> what is written beside its outline, after the letter. */
  segments: Readonly<Record<number, string>>;
}

const SVG = 'http://www.w3.org/2000/svg';

export class ReaderMasks implements Layer {
  private state: ReaderMaskState = { masks: [], segments: {} };
  private known = new WeakMap<ReaderMask, Map<string, Outline | null>>();

  set(state: ReaderMaskState): void {
    this.state = state;
  }

  pointer(): boolean {
    return false;
  }

  draw(viewport: SliceViewport): void {
    const { frame, plane } = viewport;
    if (viewport.shown < 0 || !frame || !plane) return;
    for (const mask of this.state.masks) {
      if (mask.stackId !== frame.stack_id) continue;
      for (const [value, words] of Object.entries(this.state.segments)) {
        const outline = this.outline(mask, frame.stack_position, frame, Number(value));
        if (outline) this.drawOne(viewport, mask, outline, words);
      }
    }
  }

  private outline(
    mask: ReaderMask,
    position: number,
    { rows, columns }: { rows: number; columns: number },
    value: number,
  ): Outline | null {
    const known = this.known.get(mask) ?? new Map<string, Outline | null>();
    this.known.set(mask, known);
    const key = `${position}/${value}`;
    if (!known.has(key)) {
      const size = rows * columns;
      const slice = mask.labels.subarray(position * size, (position + 1) * size);
      known.set(key, outlineOf(slice, columns, rows, value));
    }
    return known.get(key) ?? null;
  }

  private drawOne(
    viewport: SliceViewport,
    { letter, tone }: ReaderMask,
    { path, top }: Outline,
    words: string,
  ): void {
    const [origin, right, down] = [
      canvasAt(viewport, 0, 0),
      canvasAt(viewport, 1, 0),
      canvasAt(viewport, 0, 1),
    ];
    const made = document.createElementNS(SVG, 'path');
    const matrix = [
      right[0] - origin[0],
      right[1] - origin[1],
      down[0] - origin[0],
      down[1] - origin[1],
      ...origin,
    ];
    made.setAttribute('d', path);
    made.setAttribute('transform', `matrix(${matrix.join(' ')})`);
    made.setAttribute('class', `reader-mask tone-${tone}`);
    made.dataset.reader = letter;
    const [x, y] = canvasAt(viewport, ...top);
    const label = document.createElementNS(SVG, 'text');
    label.setAttribute('x', String(x + 3));
    label.setAttribute('y', String(y - 3 - 13 * tone)); // letters of like masks stand over each other
    label.setAttribute('class', `reader-letter tone-${tone}`);
    label.textContent = `${letter} ${words}`.trim();
    viewport.overlay.svg.append(made, label);
  }
}
