/** The reading room. The viewer's code and the reading are fetched side by side. */
import '../ui/tokens.css';
import '../ui/reading.css';

import { effect } from '@preact/signals';
import { render } from 'preact';

import { listen } from '../reading/keys';
import { Header, Panel } from '../reading/ReadingRoom';
import * as controls from '../reading/controls';
import * as session from '../reading/session';

const root = document.getElementById('reading-room') as HTMLElement;
const header = document.createElement('div');
const images = document.createElement('main');
const panel = document.createElement('aside');
images.className = 'images';
panel.className = 'side';
images.setAttribute('aria-label', 'Images');
panel.setAttribute('aria-label', 'Grades');
const hosts = [0, 1, 2].map(() => {
  const host = document.createElement('div');
  host.className = 'viewport';
  images.append(host);
  return host;
});
root.append(header, images, panel);
render(<Header />, header);
render(<Panel />, panel);
listen();

effect(() => {
  const shown = session.reading.value?.viewports;
  hosts.forEach((host, index) => {
    const viewport = shown?.[index];
    host.hidden = shown !== undefined && !viewport?.series;
  });
});
effect(() => {
  root.classList.toggle('marking', session.marking.value !== null);
  root.classList.toggle('over', session.finished.value || session.fatal.value !== '');
});

async function viewer(): Promise<session.Viewing> {
  const { ViewingRoom } = await import('../viewer/room');
  return ViewingRoom.create(
    hosts,
    { isLinked: true, hasReferenceLines: true, showsAi: true, activeLevel: '' },
    {
      onLevel: session.activateLevel,
      onPoint: (point) => void controls.takePoint(point),
      onProblem: (message) => (session.problem.value = message),
      onReady: (state) => {
        document.body.dataset.ready = state;
        performance.mark(state);
      },
    },
  );
}

void session.begin(Number(root.dataset.readingId), viewer);
