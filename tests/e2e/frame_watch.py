"""Records, for every frame that the browser shows, which case it is of and what is seen of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

_WATCH = """
(() => {
  const frames = window.frames_ = [];
  const small = document.createElement('canvas');
  [small.width, small.height] = [24, 24];
  const brush = small.getContext('2d', { willReadFrequently: true });
  const hash = (canvas) => {
    brush.clearRect(0, 0, 24, 24);
    if (canvas.width && canvas.height) brush.drawImage(canvas, 0, 0, 24, 24);
    const { data } = brush.getImageData(0, 0, 24, 24);
    let sum = 0, number = 0;
    for (let at = 0; at < data.length; at += 1) {
      if (at % 4 !== 3) sum += data[at];
      number = (number * 31 + data[at]) >>> 0;
    }
    return sum > 24 * 24 * 6 ? number : 0;  // 0: nothing is seen
  };
  const texts = (selector) => [...document.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map((one) => one.textContent);
  const shapes = (selector, ...names) => [...document.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map((one) => names.map((name) => one.getAttribute(name)).join(' '));
  const record = () => {
    if (!window.isWatched_ || !document.body?.dataset.reading) return;
    const seen = [...document.querySelectorAll('.pixels')].flatMap((one) => {
      const canvas = one.querySelector('canvas');
      if (!canvas || !canvas.checkVisibility({ visibilityProperty: true })) return [];
      return [{ of: one.dataset.reading ?? '', hash: hash(canvas) }];
    });
    frames.push({
      reading: document.body.dataset.reading,
      title: document.title,
      number: texts('.case-number').join(),
      pixels: seen,
      masks: [...document.querySelectorAll('canvas.masks')]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .map(hash).filter(Boolean),
      cells: Object.fromEntries([...document.querySelectorAll('.cell[data-cell]')].map((one) =>
        [one.dataset.cell, one.querySelector('.cell-answer')?.textContent ?? ''])),
      proposals: Object.fromEntries([...document.querySelectorAll('.cell[data-cell]')]
        .flatMap((one) => { const found = one.querySelector('.cell-proposal');
          return found ? [[one.dataset.cell, found.textContent]] : []; })),
      labels: shapes('.overlay text.level', 'x', 'y'),
      outlines: shapes('.overlay .outline', 'points'),
      marks: [...shapes('.overlay .drawn', 'd', 'points', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy'),
        ...texts('.drawn-words')],
      crosshair: shapes('.overlay .crosshair', 'data-place'),
      feedback: texts('.feedback'),
      tips: texts('.submit .note'),
    });
  };
  // a resize is told after all of a frame's callbacks and before it is painted: what is recorded
  // then is what is seen
  const probe = document.createElement('i');
  new ResizeObserver(record).observe(probe);
  let wide = 1;
  const next = () => requestAnimationFrame(() => {
    if (!probe.isConnected && document.documentElement) {
      Object.assign(probe.style, { position: 'fixed', visibility: 'hidden', height: '1px' });
      document.documentElement.append(probe);
    }
    wide = 3 - wide;
    probe.style.width = `${wide}px`;
    next();
  });
  next();
})();
"""


def watch(page: Page) -> None:
    """Make every page from now on able to record; before anything of the product runs."""
    page.add_init_script(_WATCH)


def start(page: Page) -> None:
    """Record every frame from now on, as long as the page isn't loaded anew."""
    page.evaluate("() => { window.frames_.length = 0; window.isWatched_ = true; }")


def stop(page: Page) -> list[dict[str, Any]]:
    """What was recorded, in order; no more is."""
    return list(page.evaluate("() => { window.isWatched_ = false; return window.frames_; }"))


EMPTY = ("", "·", "–")
KINDS = ("labels", "outlines", "marks", "crosshair", "feedback", "masks")


def leaks(recorded: list[dict[str, Any]], rest: dict[str, dict[str, Any]]) -> list[str]:
    """What a frame shows of another case than its own.

    rest: reading -> its frame at rest. What both show at rest tells nothing.
    """
    found: list[str] = []
    pictures: dict[str, set[int]] = {reading: set() for reading in rest}
    for at, frame in enumerate(recorded):
        reading = frame["reading"]
        if reading not in rest:
            continue
        pictures[reading] |= {canvas["hash"] for canvas in frame["pixels"]} - {0}
        found += [f"frame {at} of {reading}: {one}" for one in _foreign(frame, rest)]
    for one, other in itertools.combinations(pictures, 2):
        shared = pictures[one] & pictures[other]
        found += [f"the same picture under {one} and {other}: {number}" for number in shared]
    return found


def _foreign(frame: dict[str, Any], rest: dict[str, dict[str, Any]]) -> Iterator[str]:
    reading = frame["reading"]
    mine = rest[reading]
    for canvas in frame["pixels"]:
        if canvas["of"] != reading:
            yield f"pixels of {canvas['of']!r}"
    for name in ("title", "number"):
        if frame[name] != mine[name]:
            yield f"{name} {frame[name]!r}"
    for name in ("cells", "proposals"):
        for key, value in frame[name].items():
            if value.strip() not in EMPTY and value != mine[name].get(key, ""):
                yield f"{name} {key} {value!r}"
    for other, theirs in rest.items():
        for kind in KINDS:
            for one in set(frame[kind]) & (set(theirs[kind]) - set(mine[kind])):
                yield f"{kind} of {other}: {one}"
