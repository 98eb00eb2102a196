/** In the header, over the images: layouts, and what is done with the active image. */
import { PRESETS } from '../viewer/presets';
import type { ViewAct } from '../viewer/acts';
import type { Freezable } from '../viewer/hanging';
import { frozenWords, isFrozen } from './frozen';
import { askSeries, chooseLayout, hangByProtocol, layouts, look, looking } from './looking';

function Layouts() {
  if (layouts.value.length < 2) return null;
  return (
    <div class="view-group" role="group" aria-label="Layout">
      {layouts.value.map(({ name }, at) => (
        <button
          key={at}
          type="button"
          class="view-button own-keys"
          aria-pressed={looking.value.layout === at}
          aria-label={`${at + 1} ${name}`}
          title={`${name} (Shift + ${at + 1})`}
          onClick={() => chooseLayout(at)}
        >
          <kbd>{at + 1}</kbd> <span class="view-words">{name}</span>
        </button>
      ))}
    </div>
  );
}

interface Tool {
  on: boolean;
  key: string;
  words: string;
  act: ViewAct;
  setting?: Freezable;
}

function Tools() {
  const { hasCrosshair, isClose, isCine, isInverted } = looking.value;
  const tools: Tool[] = [
    { on: hasCrosshair, key: 'O', words: 'Crosshair', act: 'crosshair' },
    { on: isClose, key: 'Z', words: 'Level', act: 'close-up', setting: 'zoom' },
    { on: isCine, key: 'Q', words: 'Cine', act: 'cine' },
    { on: isInverted, key: 'D', words: 'Invert', act: 'invert', setting: 'window' },
  ];
  return (
    <div class="view-group" role="group" aria-label="Active image">
      {!isFrozen('layout') && <Series />}
      {tools
        .filter(({ setting }) => !setting || !isFrozen(setting))
        .map(({ on, key, words, act }) => (
          <button
            key={key}
            type="button"
            class="view-button view-tool own-keys"
            aria-pressed={on}
            title={`${words} (${key})`}
            onClick={look(act)}
          >
            {words} <kbd>{key}</kbd>
          </button>
        ))}
      {!isFrozen('window') && <Preset />}
      {frozenWords.value && (
        <span class="view-frozen">Fixed by the protocol: {frozenWords.value}</span>
      )}
    </div>
  );
}

function Preset() {
  return (
    <span class="view-preset" title={PRESETS.map(({ name }) => name).join(', ')}>
      <button
        type="button"
        class="view-button own-keys"
        aria-label="Window before"
        onClick={look('previous-window')}
      >
        <kbd>[</kbd>
      </button>
      <output aria-label="Window">{looking.value.preset || 'Own window'}</output>
      <button
        type="button"
        class="view-button own-keys"
        aria-label="Next window"
        onClick={look('next-window')}
      >
        <kbd>]</kbd>
      </button>
    </span>
  );
}

/** The series of the active image, and the way back to what the protocol hangs. */
function Series() {
  return (
    <>
      <button
        type="button"
        class="view-button view-tool own-keys"
        title="Hang another series in the active image (B)"
        onClick={askSeries}
      >
        Series <kbd>B</kbd>
      </button>
      {looking.value.isByHand && (
        <button
          type="button"
          class="view-button view-tool own-keys"
          title="Series were hung by hand; hang as the protocol says again (Shift + 0)"
          onClick={hangByProtocol}
        >
          As protocol <kbd>⇧0</kbd>
        </button>
      )}
    </>
  );
}

export function ViewBar() {
  if (!layouts.value.length) return null;
  return (
    <div class="view-bar" role="toolbar" aria-label="Images">
      <Layouts />
      <Tools />
    </div>
  );
}
