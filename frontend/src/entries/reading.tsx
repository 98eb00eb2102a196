/** The reading room. The viewer's code and the reading are fetched side by side. */
import '../ui/tokens.css';
import '../ui/reading.css';
import '../ui/drawing.css';
import '../ui/viewer.css';
import '../ui/findings.css';

import { effect } from '@preact/signals';
import { render } from 'preact';

import { activateLevel } from '../reading/answers';
import * as drawing from '../reading/drawing';
import { closeWithItsCell } from '../reading/evidence';
import { showFindings } from '../reading/findings';
import { Header } from '../reading/Header';
import { listen } from '../reading/keys';
import { chooseMark, moveMark, takePoint } from '../reading/marking';
import '../reading/imageKeys';
import { askSeries, layoutChosen, looking } from '../reading/looking';
import { GraphicsLost, Paused } from '../reading/notes';
import { loadPreferences } from '../reading/preferences';
import { prepareSplit } from '../reading/secondWindow';
import * as masks from '../reading/masks';
import { levelEntered } from '../reading/timekeeping';
import { Panel } from '../reading/Panel';
import { begin } from '../reading/session';
import { SeriesDialog } from '../reading/SeriesDialog';
import * as state from '../reading/state';

const root = document.getElementById('reading-room') as HTMLElement;
const header = document.createElement('div');
const images = document.createElement('main');
const panel = document.createElement('aside');
const cover = document.createElement('div');
images.className = 'images';
panel.className = 'side';
cover.className = 'cover';
images.setAttribute('aria-label', 'Images');
panel.setAttribute('aria-label', 'Grades');
const wall = document.createElement('div');
wall.className = 'wall';
images.append(wall);
images.append(cover);
root.append(header, images, panel);
render(<Header />, header);
render(<Panel />, panel);
render(
  <>
    <GraphicsLost />
    <Paused />
    <SeriesDialog />
  </>,
  cover,
);
listen(document);
void loadPreferences();
prepareSplit({ panel, home: root, listen });
effect(() => levelEntered(state.activeLevel.value));
effect(drawing.showDrawing);
effect(showFindings);
effect(closeWithItsCell);

effect(() => {
  root.classList.toggle('marking', state.marking.value?.step === 'pick');
  root.classList.toggle('over', state.isOver.value || state.isPaused.value);
  root.classList.toggle('split', state.isSplit.value);
});

async function viewer(): Promise<state.Viewing> {
  const { ViewingRoom } = await import('../viewer/room');
  return ViewingRoom.create(
    wall,
    {
      isLinked: state.isLinked.value,
      hasReferenceLines: state.hasLines.value,
      showsAi: state.isAiVisible.value,
      aiOpacity: state.shownOpacity.value,
    },
    {
      onLevel: activateLevel,
      onPoint: takePoint,
      onMarkTaken: chooseMark,
      onMarkMoved: moveMark,
      onDrawn: drawing.takeDrawn,
      onSelected: (key) => (drawing.selected.value = key),
      labelmapOf: masks.labelmapOf,
      knownLabelmap: masks.knownLabelmap,
      onPainted: masks.painted,
      onProblem: (message) => (state.imageProblem.value = message),
      onGraphicsLost: () => (state.isGraphicsLost.value = true),
      onLayout: layoutChosen,
      onSeriesAsked: askSeries,
      onLooking: (now) => (looking.value = now),
      onReady: (ready) => {
        document.body.dataset.ready = ready;
        performance.clearMarks(ready); // the page lives for hundreds of cases
        performance.mark(ready);
      },
    },
  );
}

void begin(Number(root.dataset.readingId), viewer);
