"""OHIF as the peer: its published package, served by the very server that it is compared on.

The package lies in build/ only. Both viewers then have one origin, one web server, one cache
policy for hashed files and one session; nothing stands between them and the browser.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

from spinestudy.services.bootstrap import node_environment
from tests.site import ROOT, RunningSite

VERSION: Final = "3.12.10"
PACKAGE: Final = f"@ohif/app@{VERSION}"
PLACE: Final = ROOT / "build" / f"ohif-{VERSION}"
SIDE_BY_SIDE: Final = "@ohif/mnGrid"  # OHIF's own protocol; three series hang in one row of three

_SOURCE = {
    "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb",
    "sourceName": "dicomweb",
    "configuration": {
        "friendlyName": "SpineStudy",
        "name": "SpineStudy",
        "qidoRoot": "/dicomweb",
        "wadoRoot": "/dicomweb",
        "wadoUriRoot": "/dicomweb",
        "imageRendering": "wadors",
        "thumbnailRendering": "wadors",
        "enableStudyLazyLoad": True,
        "qidoSupportsIncludeField": True,
        "supportsWildcard": True,
        "supportsFuzzyMatching": False,
        "omitQuotationForMultipartRequest": True,
        "bulkDataURI": {"enabled": True},
    },
}
_CONFIG = {
    "routerBasename": None,
    "extensions": [],
    "modes": [],
    "showStudyList": True,
    "showWarningMessageForCrossOrigin": False,
    "showCPUFallbackMessage": False,
    "investigationalUseDialog": {"option": "never"},
    "maxNumberOfWebWorkers": 3,
    "maxNumRequests": {"interaction": 100, "thumbnail": 75, "prefetch": 25},
    "defaultDataSourceName": "dicomweb",
    "dataSources": [_SOURCE],
}


def fetch() -> Path:
    """The folder to serve; downloaded once. Ends with a sentence where that can't be done."""
    served = PLACE / "package" / "dist"
    if (served / "viewer" / "index.html").exists():
        return served
    env = node_environment()
    PLACE.mkdir(parents=True, exist_ok=True)
    command = [shutil.which("npm", path=env["PATH"]) or "npm", "pack", PACKAGE]
    done = subprocess.run(
        [*command, "--pack-destination", str(PLACE)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(PLACE.glob("*.tgz"))
    if done.returncode or not archives:
        sys.exit(
            f"OHIF ({PACKAGE}) could not be had with `npm pack`, and this topic compares with it. "
            f"Run it where the npm registry is within reach. npm said:\n{done.stderr[-600:]}"
        )
    with tarfile.open(archives[0]) as archive:
        archive.extractall(PLACE, filter="data")
    # its page is asked for as /viewer/; / stays the site's own
    (served / "viewer").mkdir()
    (served / "index.html").rename(served / "viewer" / "index.html")
    return served


class SiteWithOhif(RunningSite):
    """The demonstration; /viewer/ is OHIF over its DICOMweb."""

    def __init__(self, *, exams: int) -> None:
        super().__init__(arguments=("--exams", str(exams)))
        self.served = fetch()
        text = f"window.config = {json.dumps(_CONFIG)};\n"
        (self.served / "app-config.js").write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.viewer.settings",
            "SPINESTUDY_BENCH_OHIF": str(self.served),
        }


def address(site: RunningSite, exam_uid: str, protocol: str = SIDE_BY_SIDE) -> str:
    """Where OHIF opens an exam."""
    return f"{site.address}/viewer/?StudyInstanceUIDs={exam_uid}&hangingProtocolId={protocol}"
