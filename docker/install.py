"""Install the packages named in pyproject.toml at the versions of requirements.lock."""

import subprocess
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
names: list[str] = []
for part in sys.argv[1:]:
    names += project["dependencies"] if part == "base" else project["optional-dependencies"][part]
pip = [sys.executable, "-m", "pip", "install", "--no-cache-dir", "-c", "requirements.lock"]
sys.exit(subprocess.run([*pip, *names], check=False).returncode)
