"""Run npm scripts of the frontend with the Node that set-up found or brought."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from spinestudy.services.bootstrap import FRONTEND, node_environment


def main(scripts: list[str]) -> int:
    """Run them one after the other; the first failure ends it."""
    env = node_environment()
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    for script in scripts:
        code = subprocess.run([npm, "run", "--silent", script], cwd=FRONTEND, env=env).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
