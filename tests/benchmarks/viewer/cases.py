"""Thirty cases read in one page: from submitting to the images of the next, and the memory."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page

from tests.benchmarks.figure import Figure
from tests.benchmarks.viewer.browser import Case, fresh_page
from tests.e2e.held import pixel_bytes

CASES: Final = 30
CELLS: Final = 15  # of a case of the demonstration
SETTLED: Final = 5  # case from which on memory should stay
# Canvases are read once the room says that the next case is on all of them: reading three of them
# in each frame takes longer than drawing them. They are drawn before they may be seen, so what
# counts is the frame after the one in which they are uncovered: that one has gone to the screen.
_WATCH_NEXT: Final = """
() => {
  const before = document.body.dataset.reading;
  let frames = 0;
  const drawn = () => {
    const now = document.body.dataset.reading;
    const count = document.querySelectorAll(`.pixels[data-reading="${now}"]`).length;
    if (now === before || count < 3) return false;
    frames += 1;
    return frames > 1;
  };
  window.nextImages = new Promise((resolve) => {
    const onKey = (event) => {
      if (event.key !== 'Enter') return;
      window.removeEventListener('keydown', onKey, { capture: true });
      const began = performance.now();
      window.probe.images(3, drawn).then(({ all }) => resolve(all - began));
    };
    window.addEventListener('keydown', onKey, { capture: true });
  });
}
"""
# A browser that is driven keeps the bodies of answers for its driver, in the page's process, up to
# about 200 MB: filled here, so that it isn't taken for the page's own.
_FILL_DRIVER: Final = """
async () => {
  const { name } = performance
    .getEntriesByType('resource')
    .find(({ name }) => name.includes('/assets/room-'));
  for (let kept = 0; kept < 300e6; ) {
    kept += (await (await fetch(name, { cache: 'force-cache' })).arrayBuffer()).byteLength;
  }
}
"""


@dataclass(frozen=True)
class Memory:
    """After a case, garbage collected. pixels: behind ArrayBuffers; the processes: PSS."""

    heap_mb: float
    pixels_mb: float
    renderer_mb: float
    graphics_mb: float
    nodes: float
    listeners: float
    code_mb: float | None = None


def read_cases(
    page: Page, whole: CDPSession, address: str, *, with_code: bool = False
) -> tuple[list[float], list[Memory]]:
    """Grade everything normal, submit, and so on: ms to the next case's images, and memory.

    with_code: how much of the heap is code, which takes snapshots, which take memory themselves.
    """
    of_page = page.context.new_cdp_session(page)
    of_page.send("Performance.enable")
    times, memory = [], []
    page.goto(address)
    page.wait_for_function("() => document.body?.dataset.ready === 'all-loaded'", polling=50)
    page.evaluate(_FILL_DRIVER)
    for number in range(CASES):
        page.wait_for_function("() => document.body?.dataset.ready === 'all-loaded'", polling=50)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        memory.append(_memory(of_page, whole))
        if with_code and number in (SETTLED - 1, CASES - 1):
            memory[-1] = replace(memory[-1], code_mb=_code_mb(of_page))
        if number == CASES - 1:
            break
        page.keyboard.press(".")
        page.get_by_text(f"{CELLS} of {CELLS} cells answered").wait_for()
        page.locator("[data-saved=saved]").wait_for()
        reading = page.evaluate("() => document.body.dataset.reading")
        page.evaluate(_WATCH_NEXT)
        page.keyboard.press("Control+Enter")
        page.wait_for_function(
            "(before) => document.body.dataset.reading !== before", arg=reading, timeout=60_000
        )
        times.append(float(page.evaluate("() => window.nextImages")))
    return times, memory


def _memory(of_page: CDPSession, whole: CDPSession) -> Memory:
    # the probe lets the browser note more requests than it would by itself
    of_page.send("Runtime.evaluate", {"expression": "performance.clearResourceTimings()"})
    for _ in range(2):
        of_page.send("HeapProfiler.collectGarbage")
    measured = of_page.send("Performance.getMetrics")["metrics"]
    metrics = {one["name"]: one["value"] for one in measured}
    processes = whole.send("SystemInfo.getProcessInfo")["processInfo"]
    largest = {
        kind: max(_resident_mb(one["id"]) for one in processes if one["type"] == kind)
        for kind in ("renderer", "GPU")
    }
    return Memory(
        heap_mb=metrics["JSHeapUsedSize"] / 1e6,
        pixels_mb=pixel_bytes(of_page) / 1e6,
        renderer_mb=largest["renderer"],
        graphics_mb=largest["GPU"],
        nodes=metrics["Nodes"],
        listeners=metrics["JSEventListeners"],
    )


def _code_mb(of_page: CDPSession) -> float:
    """What of the heap is code: compiled once more, and faster, the more often it runs."""
    chunks: list[str] = []

    def take(event: dict[str, str]) -> None:
        chunks.append(event["chunk"])

    of_page.on("HeapProfiler.addHeapSnapshotChunk", take)
    of_page.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    of_page.remove_listener("HeapProfiler.addHeapSnapshotChunk", take)
    found = json.loads("".join(chunks))
    fields, (kinds, *_) = (
        found["snapshot"]["meta"][name] for name in ("node_fields", "node_types")
    )
    width, kind, size = len(fields), fields.index("type"), fields.index("self_size")
    nodes, code = found["nodes"], kinds.index("code")
    each = range(0, len(nodes), width)
    return float(sum(nodes[at + size] for at in each if nodes[at + kind] == code)) / 1e6


def _resident_mb(pid: int) -> float:
    """Memory of a process as the kernel counts it, shared pages in proportion."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    (line,) = [one for one in text.splitlines() if one.startswith("Pss:")]
    return int(line.split()[1]) / 1024


def figures(browser: Browser, cases: Sequence[Case], session: Any) -> Iterator[Figure]:
    """Thirty cases of the unaided arm, in the reader's order."""
    whole = browser.new_browser_cdp_session()
    with fresh_page(browser, session) as page:
        times, memory = read_cases(page, whole, cases[0].ours)
    note = f"n = {len(times)}, every cell filled before"
    ordered = sorted(times)
    yield Figure("next_case_median", statistics.median(times), "ms", aim=300, note=note)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    yield Figure("next_case_p95", p95, "ms", note=note)
    for name in ("pixels_mb", "renderer_mb", "graphics_mb", "nodes", "listeners"):
        yield _growth(name, [getattr(one, name) for one in memory])
    yield _growth("processes_mb", [one.renderer_mb + one.graphics_mb for one in memory])


def code_figures(browser: Browser, cases: Sequence[Case], session: Any) -> Iterator[Figure]:
    """The heap over thirty cases of another reader: what of it is code, and what is kept."""
    whole = browser.new_browser_cdp_session()
    with fresh_page(browser, session) as page:
        _, memory = read_cases(page, whole, cases[0].ours, with_code=True)
    yield _growth("heap_mb", [one.heap_mb for one in memory], aim=None)
    yield _growth("code_mb", [one.code_mb or 0 for one in memory], aim=None)
    yield _growth("heap_without_code_mb", [one.heap_mb - (one.code_mb or 0) for one in memory])


def _growth(name: str, values: Sequence[float], aim: float | None = 5) -> Figure:
    """From the case at which memory has settled to the last, in percent."""
    settled, last = values[SETTLED - 1], values[-1]
    unit = "MB" if name.endswith("_mb") else ""
    note = f"{settled:.4g} {unit} after case {SETTLED}, {last:.4g} after case {CASES}"
    growth = (last / settled - 1) * 100 if settled else 0.0
    return Figure(f"growth_{name.removesuffix('_mb')}", growth, "%", aim=aim, note=note)
