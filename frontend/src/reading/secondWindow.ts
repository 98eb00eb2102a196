/** The panel in a window of its own, for a second screen. One script draws both windows. */
import { listenForInput } from './timekeeping';
import * as state from './state';

interface Split {
  panel: HTMLElement;
  home: HTMLElement;
  listen: (target: Document) => void;
}

let parts: Split | null = null;
let second: Window | null = null;

/** Say what can be moved. */
export function prepareSplit(given: Split): void {
  parts = given;
  window.addEventListener('pagehide', () => second?.close());
}

/** The document in which the panel is. */
export const panelDocument = (): Document => parts?.panel.ownerDocument ?? document;

export function toggleSplit(): void {
  if (second && !second.closed) second.close();
  else open();
}

function open(): void {
  if (!parts) return;
  const opened = window.open('', 'spinestudy-grid', 'popup,width=480,height=980');
  if (!opened) {
    state.problem.value =
      'The browser has blocked the second window. Allow pop-up windows for this site, then try again.';
    return;
  }
  second = opened;
  const { document: target } = opened;
  target.title = `Grid · ${document.title}`;
  target.documentElement.lang = 'en';
  target.documentElement.dataset.theme = document.documentElement.dataset.theme ?? 'dark';
  target.head.replaceChildren(
    ...[...document.querySelectorAll('link[rel="stylesheet"]')].map((link) => {
      const copy = target.createElement('link');
      copy.rel = 'stylesheet';
      copy.href = (link as HTMLLinkElement).href;
      return copy;
    }),
  );
  target.body.className = 'second-window';
  target.body.replaceChildren(parts.panel);
  parts.listen(target);
  listenForInput(target);
  opened.addEventListener('pagehide', close);
  state.isSplit.value = true;
}

function close(): void {
  second = null;
  if (!parts) return;
  parts.home.append(parts.panel);
  state.isSplit.value = false;
}
