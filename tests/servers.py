"""Start a PostgreSQL and a broker of this test run's own, before Django reads its settings.

Loaded as an early pytest plugin. `DATABASE_URL` and `BROKER_URL` in the environment replace
both, as everywhere in the product. In a run over several processes (`-n`) each has its own.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spinestudy.settings.testing")


def _start() -> None:
    from spinestudy.services.on_demand import embedded_services
    from spinestudy.services.paths import service_paths

    state = Path(tempfile.mkdtemp(prefix="spinestudy-tests-"))
    os.environ["SPINESTUDY_STATE_DIR"] = str(state)
    os.environ["SPINESTUDY_STORAGE_ROOT"] = str(state / "storage")
    stack = contextlib.ExitStack()
    stack.enter_context(embedded_services())

    def stop() -> None:
        stack.close()
        data = service_paths(state).postgres_data
        if not data.is_relative_to(state):
            shutil.rmtree(data.parent, ignore_errors=True)
        shutil.rmtree(state, ignore_errors=True)

    atexit.register(stop)


def _only_hands_out() -> bool:
    """Whether this process gives the tests to others and runs none."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    return not is_worker and any(re.match(r"-n|--numprocesses", word) for word in sys.argv[1:])


if not _only_hands_out():
    _start()
