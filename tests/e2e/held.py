"""What a page holds in memory, counted by the browser after garbage collection."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page


@dataclass(frozen=True)
class Held:
    """pixel_bytes: behind all live ArrayBuffers, which is where the slices are."""

    pixel_bytes: int
    nodes: int
    listeners: int


def held(page: Page) -> Held:
    """Count what is alive."""
    devtools = page.context.new_cdp_session(page)
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
    counters = devtools.send("Memory.getDOMCounters")
    found = Held(pixel_bytes(devtools), counters["nodes"], counters["jsEventListeners"])
    devtools.detach()
    return found


def pixel_bytes(devtools: CDPSession) -> int:
    """What lies behind all live ArrayBuffers of the page."""
    return int(devtools.send("Runtime.getHeapUsage")["backingStorageSize"])
