/** Switches of the room and the marking of levels. */
import { type ApiError, sendLevelMarks } from '../api/client';
import * as session from './session';
import { nextToMark } from './states';

let marks: { disc_level: string; position_lps: number[] }[] = [];

export function toggleAi(): void {
  if (!session.reading.value?.arm.ai_allowed) return;
  session.isAiVisible.value = !session.isAiVisible.value;
  session.viewing.current?.set({ showsAi: session.isAiVisible.value });
}

export function toggleLinked(): void {
  session.isLinked.value = !session.isLinked.value;
  session.viewing.current?.set({ isLinked: session.isLinked.value });
}

export function toggleLines(): void {
  session.hasLines.value = !session.hasLines.value;
  session.viewing.current?.set({ hasReferenceLines: session.hasLines.value });
}

export function toggleAdvancing(): void {
  session.isAdvancing.value = !session.isAdvancing.value;
  localStorage.setItem('advance', session.isAdvancing.value ? 'on' : 'off');
}

export const scroll = (steps: number): void => session.viewing.current?.scroll(steps);
export const resetViews = (): void => session.viewing.current?.reset();

export function toggleMarking(): void {
  marks = [];
  session.marking.value =
    session.marking.value === null ? nextToMark(session.grid.value.levels, new Set()) : null;
}

/** A clicked point: in marking mode the centre of the level that is asked for. */
export async function takePoint(point: readonly [number, number, number]): Promise<void> {
  const one = session.reading.value;
  if (!one || session.marking.value === null) return;
  marks.push({ disc_level: session.marking.value, position_lps: [...point] });
  session.marking.value = nextToMark(
    session.grid.value.levels,
    new Set(marks.map((mark) => mark.disc_level)),
  );
  if (session.marking.value !== null) return;
  try {
    const { level_marks } = await sendLevelMarks(one.id, marks);
    session.reading.value = { ...one, level_marks };
    session.viewing.current?.update(session.reading.value);
    session.viewing.current?.goToLevel(session.grid.value.levels[session.active.value.level] ?? '');
    session.problem.value = '';
  } catch (error) {
    session.problem.value = `The level marks were not stored. ${(error as ApiError).message}`;
  }
}
