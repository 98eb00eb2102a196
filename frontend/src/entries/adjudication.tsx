/** The adjudication room: images of a queued case, its disagreements beside them. */
import '../ui/tokens.css';
import '../ui/reading.css';
import '../ui/drawing.css';
import '../ui/viewer.css';
import '../ui/adjudication.css';

import { render } from 'preact';

import { GraphicsLost, Keys, SignDialog } from '../adjudication/dialogs';
import { Header } from '../adjudication/Header';
import { listen } from '../adjudication/keys';
import { Panel } from '../adjudication/Panel';
import { activate, begin } from '../adjudication/session';
import * as state from '../adjudication/state';
import { askSeries, looking } from '../reading/looking';
import { SeriesDialog } from '../reading/SeriesDialog';
import * as reading from '../reading/state';
import { ViewBar } from '../reading/ViewBar';
import type { ViewingRoom } from '../viewer/room';

const root = document.getElementById('reading-room') as HTMLElement;
const header = document.createElement('div');
const images = document.createElement('main');
const panel = document.createElement('aside');
const cover = document.createElement('div');
const bar = document.createElement('div');
const wall = document.createElement('div');
images.className = 'images';
panel.className = 'side adjudication';
cover.className = 'cover';
wall.className = 'wall';
images.setAttribute('aria-label', 'Images');
panel.setAttribute('aria-label', 'Disagreements');
images.append(bar, wall, cover);
root.append(header, images, panel);
render(<Header />, header);
render(<Panel />, panel);
render(<ViewBar />, bar);
render(
  <>
    <GraphicsLost />
    <SeriesDialog />
    <SignDialog />
    <Keys />
  </>,
  cover,
);
listen();

const nothing = () => undefined;

async function viewer(): Promise<ViewingRoom> {
  const { ViewingRoom: Room } = await import('../viewer/room');
  const options = { isLinked: true, hasReferenceLines: true, showsAi: false, aiOpacity: 0 };
  return Room.create(wall, options, {
    // a label on the images leads to the first disagreement of its level
    onLevel: (level) => {
      const at = state.cells.value.findIndex(({ disc_level }) => disc_level === level);
      if (at >= 0) activate(at);
      else reading.viewing.current?.goToLevel(level);
    },
    onPoint: nothing,
    onMarkTaken: nothing,
    onMarkMoved: nothing,
    onDrawn: nothing,
    onSelected: nothing,
    labelmapOf: () => null,
    knownLabelmap: () => null,
    onPainted: nothing,
    onProblem: (message) => (state.problem.value = message),
    onGraphicsLost: () => (reading.isGraphicsLost.value = true),
    onLayout: nothing,
    onSeriesAsked: askSeries,
    onLooking: (now) => (looking.value = now),
    onReady: (ready) => (document.body.dataset.ready = ready),
  });
}

const { readerStudyId, armId, caseId } = root.dataset;
void begin(
  { reader_study_id: Number(readerStudyId), arm_id: Number(armId), case_id: Number(caseId) },
  viewer,
);
