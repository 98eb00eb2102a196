"""What a page holds in memory, counted by the browser after garbage collection."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page


@dataclass(frozen=True)
class Held:
    """pixel_bytes: of all live ArrayBuffers, which is where the slices are."""

    pixel_bytes: int
    nodes: int
    listeners: int


def held(page: Page) -> Held:
    """Count what is alive."""
    devtools = page.context.new_cdp_session(page)
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
    counters = devtools.send("Memory.getDOMCounters")
    found = Held(_pixel_bytes(devtools), counters["nodes"], counters["jsEventListeners"])
    devtools.detach()
    return found


def _pixel_bytes(devtools: CDPSession) -> int:
    prototype = devtools.send("Runtime.evaluate", {"expression": "ArrayBuffer.prototype"})
    buffers = devtools.send(
        "Runtime.queryObjects", {"prototypeObjectId": prototype["result"]["objectId"]}
    )
    summed = devtools.send(
        "Runtime.callFunctionOn",
        {
            "objectId": buffers["objects"]["objectId"],
            "functionDeclaration": "function () {"
            " return this.reduce((sum, { byteLength }) => sum + byteLength, 0); }",
            "returnByValue": True,
        },
    )
    return int(summed["result"]["value"])
