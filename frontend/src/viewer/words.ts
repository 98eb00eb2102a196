/** What the corners of a viewport say. */
import { within } from '../geometry/plane';
import type { Place } from './layers';
import { valueAt } from './loader';
import type { SliceViewport } from './viewport';

/** "value 412", of the pixel under the mouse. */
export function valueWords(viewport: SliceViewport, place: Place | null): string {
  const { plane, frame, imageIds, shown } = viewport;
  const point = place && viewport.pointAt(place.x, place.y);
  if (!plane || !frame || !point) return '';
  const { x, y } = within(plane, point);
  const column = Math.round(x / (frame.column_spacing_mm ?? 1));
  const row = Math.round(y / (frame.row_spacing_mm ?? 1));
  const value = valueAt(imageIds[shown] ?? '', column, row);
  return value ? `value ${value.map((one) => Math.round(one)).join(' ')}` : '';
}

/** "W 1500  L 750  Marrow"; colour has no window. */
export function windowWords({ view, isColor }: SliceViewport): string {
  const { window, preset, isInverted } = view;
  const words = `W ${Math.round(window.width)}  L ${Math.round(window.center)}`;
  const parts = [isColor ? '' : words, preset === 'Auto' ? '' : preset];
  return [...parts, isInverted ? 'inverted' : ''].filter(Boolean).join('  ');
}
