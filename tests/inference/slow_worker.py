"""A real Celery worker that also knows the slow pipeline: python -m tests.inference.slow_worker."""

from __future__ import annotations

import sys

from inference import registry
from spinestudy.celery import app

registry.PIPELINES["slow@1"] = "tests.inference.slow_pipeline:Slow"
arguments = ["worker", "-P", "prefork", "-c", "1", "--without-mingle", "--without-gossip"]

if __name__ == "__main__":
    app.worker_main([*arguments, *sys.argv[1:]])
