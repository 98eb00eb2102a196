/**
 * Parts of a page that come up to date by themselves.
 *
 * An element with an id and `data-follow="SECONDS"` is fetched again from the page's own address
 * after so many seconds, and takes the content that the server made. The attribute of the new
 * content says whether it goes on. Nothing else on the page is touched, so a form beside it keeps
 * what was typed.
 */

const ENDED = 'This part no longer comes up to date by itself. Reload the page.';
/** Nobody has asked for it: a page that is left open must not keep its session alive. */
const HEADERS = { Accept: 'text/html', 'X-Passive': '1' };

/** Follow every part of this page that asks for it. */
export function followParts(root: ParentNode = document): void {
  for (const part of root.querySelectorAll<HTMLElement>('[data-follow]')) wait(part);
}

function wait(part: HTMLElement): void {
  const seconds = Number(part.dataset.follow);
  if (seconds > 0) window.setTimeout(() => void update(part), seconds * 1000);
}

async function update(part: HTMLElement): Promise<void> {
  if (!part.isConnected) return;
  // A hidden page costs the server nothing; what somebody stands on isn't taken from under them.
  if (document.hidden || part.contains(document.activeElement)) {
    wait(part);
    return;
  }
  let answer: Response;
  try {
    answer = await fetch(window.location.href, { headers: HEADERS });
  } catch {
    wait(part); // the network may come back
    return;
  }
  const fresh =
    answer.ok && !answer.redirected
      ? new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(part.id)
      : null;
  if (!fresh) {
    if (answer.status >= 500) wait(part);
    else part.append(Object.assign(document.createElement('p'), { textContent: ENDED }));
    return;
  }
  if (part.contains(document.activeElement)) {
    wait(part);
    return;
  }
  part.replaceWith(fresh);
  wait(fresh);
}
