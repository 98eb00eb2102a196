/** A queued case in the form in which the viewer and its bar take a case. */
import type { AdjudicationCase, Reading } from '../api/types';

/**
 * No reading is made of it: it counts as submitted, so nothing can be drawn, answered or timed,
 * and no event is sent. AI is absent in every arm.
 */
export function asReading(one: AdjudicationCase): Reading {
  const { id, reader_study, protocol, arm, items, level_marks, series, hanging } = one;
  return {
    id,
    status: 'submitted',
    phase: 'pivotal',
    reader_study,
    protocol: { ...protocol, idle_cutoff_s: 0, asks_confidence: false, tools: [] },
    case: one.case,
    arm: { label: arm.label, ai_allowed: false },
    progress: { done: 0, total: one.cases_left, position: 1 },
    next_reading_id: null,
    items,
    anatomy: { lumbar_count: 5, transition: 'none', revision: 0 },
    disc_levels: [...new Set(one.cells.map(({ disc_level }) => disc_level))],
    vertebral_levels: [],
    grades: [],
    level_marks,
    measurements: [],
    masks: [],
    series,
    hanging,
    prediction: null,
    ai_verdicts: [],
  };
}
