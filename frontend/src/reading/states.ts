/** Small pure rules of the reading room: times, words, order of marks. */

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export interface Saving {
  kind: 'saved' | 'saving' | 'retrying';
  waiting?: number;
  isSignedOut?: boolean;
}

/** heldHere: answers of this case that wait for their reader to sign in again. */
export function savedWords(state: Saving, answered: number, heldHere = 0): string {
  const counted = (count: number) => `${count} ${count === 1 ? 'answer waits' : 'answers wait'}`;
  const waiting = state.waiting ?? 0; // 0: nothing but times of the case
  switch (state.kind) {
    case 'saved':
      if (heldHere) return `Not saved: ${counted(heldHere)} for their reader`;
      return answered ? 'All answers saved' : 'Saved as you answer';
    case 'saving':
      return 'Saving …';
    case 'retrying':
      if (!waiting) return state.isSignedOut ? 'Signed out' : 'Not saved yet: times only';
      return state.isSignedOut
        ? `Signed out: ${counted(waiting)} here`
        : `Not saved: ${counted(waiting)}`;
  }
}

/** Whether nobody has done anything: only time has passed, and not in work. */
export const isUnattended = (
  events: readonly { kind: string; detail: Record<string, unknown> }[],
): boolean => events.every(({ kind, detail }) => kind === 'span' && detail.state !== 'active');

/** "moderate 62 %" */
export const chance = (label: string, probability: number): string =>
  `${label} ${Math.round(probability * 100)} %`;

/** "11.3 mm", "185 mm²", "0.38"; a dash where there is no value. */
export function amount(measure: { value: number | null; unit: string; digits: number }): string {
  if (measure.value === null) return '–';
  const number = measure.value.toFixed(measure.digits).replace('-', '−');
  return measure.unit ? `${number} ${measure.unit.replace('mm2', 'mm²')}` : number;
}

/** "mild to moderate", or the one grade. */
export function setWords(labels: readonly string[]): string {
  const [first = ''] = labels;
  const last = labels.at(-1) ?? '';
  return labels.length > 1 ? `${first} to ${last}` : first;
}

interface Slice {
  stack_id: number;
  stack_position: number;
}

/** "Sagittal T2, slice 9 of 15", counted as where the series hangs: over all of its stacks. */
export function placeWords(
  one: Slice & { plane: string; weighting: string; slice_count: number },
  series: readonly { frames: readonly Slice[] }[],
): string {
  const isIt = (frame: Slice) =>
    frame.stack_id === one.stack_id && frame.stack_position === one.stack_position;
  const frames = series.find((any) => any.frames.some(isIt))?.frames;
  const [at, count] = frames
    ? [frames.findIndex(isIt), frames.length]
    : [one.stack_position, one.slice_count];
  const plane = `${one.plane[0]?.toUpperCase()}${one.plane.slice(1)}`;
  return `${plane} ${one.weighting}, slice ${at + 1} of ${count}`;
}
