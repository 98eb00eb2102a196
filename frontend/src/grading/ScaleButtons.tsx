/** The scale of the active cell in words, each a button, with AI's probabilities beside. */
import type { ProposedGrade } from '../api/types';
import { answerActive } from '../reading/answers';
import * as state from '../reading/state';
import { cellKey, type CellValue, type GridItem } from './model';

export function wordsOf(item: GridItem, score: number): string {
  return item.scale.labels[item.scale.scores.indexOf(score)] ?? '';
}

/** AI's probability of a score, by default of the proposed one. */
export const probability = (proposal: ProposedGrade, score = proposal.score): number =>
  proposal.probabilities[String(score)] ?? 0;

interface Choice {
  keyName: string;
  label: string;
  definition: string;
  value: CellValue;
  share: number | null;
}

function ChoiceButton({ choice, isChosen }: { choice: Choice; isChosen: boolean }) {
  const { keyName, label, definition, value, share } = choice;
  return (
    <button
      type="button"
      class="choice own-keys"
      aria-pressed={isChosen}
      disabled={state.isClosed.value}
      onClick={(event) => {
        // the second half of a double click would answer the next cell too
        if (event.detail < 2) answerActive(value);
      }}
    >
      <kbd>{keyName}</kbd>
      <span class="choice-words">
        {label}
        {definition && <small>{definition}</small>}
      </span>
      {share !== null && (
        <span class="choice-ai">
          <i style={{ width: `${Math.round(share * 100)}%` }} />
          {Math.round(share * 100)} %
        </span>
      )}
    </button>
  );
}

export function ScaleButtons({ level, item }: { level: string; item: GridItem }) {
  const key = cellKey(level, item.code, item.side);
  const given = state.values.value.get(key);
  const proposal = state.proposals.value.get(key);
  const choices: Choice[] = item.scale.scores.map((score, index) => ({
    keyName: String(score),
    label: item.scale.labels[index] ?? '',
    definition: item.scale.definitions[index] ?? '',
    value: { score, notGradable: false },
    share: proposal ? probability(proposal, score) : null,
  }));
  choices.push({
    keyName: 'N',
    label: 'not gradable',
    definition: '',
    value: { score: null, notGradable: true },
    share: null,
  });
  return (
    <section class="scale" aria-label={`${level}, ${item.name}`}>
      <h2>
        {level} <span>{[item.name, item.side].filter(Boolean).join(', ')}</span>
      </h2>
      <div class="scale-buttons">
        {choices.map((choice) => (
          <ChoiceButton
            key={choice.keyName}
            choice={choice}
            isChosen={
              choice.value.notGradable
                ? (given?.notGradable ?? false)
                : given?.score === choice.value.score
            }
          />
        ))}
      </div>
    </section>
  );
}
