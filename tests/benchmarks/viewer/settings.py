"""The demonstration's settings, with OHIF's files at the root of the same server."""

import os

from spinestudy.settings.development import *  # noqa: F403

WHITENOISE_ROOT = os.environ["SPINESTUDY_BENCH_OHIF"]
WHITENOISE_INDEX_FILE = True  # /viewer/ is viewer/index.html
