/** Switches of the room. */
import * as state from './state';

export function toggleAi(): void {
  if (!state.reading.value?.arm.ai_allowed) return;
  state.isAiVisible.value = !state.isAiVisible.value;
  state.viewing.current?.set({ showsAi: state.isAiVisible.value });
}

export function toggleLinked(): void {
  state.isLinked.value = !state.isLinked.value;
  state.viewing.current?.set({ isLinked: state.isLinked.value });
}

export function toggleLines(): void {
  state.hasLines.value = !state.hasLines.value;
  state.viewing.current?.set({ hasReferenceLines: state.hasLines.value });
}

export function toggleAdvancing(): void {
  state.isAdvancing.value = !state.isAdvancing.value;
  localStorage.setItem('advance', state.isAdvancing.value ? 'on' : 'off');
}
