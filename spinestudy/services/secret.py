"""The secret key of a site that runs on one machine only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def local_secret_key(state_dir: Path) -> str:
    """Return the key kept in the state directory, made at the first call (mode 0600)."""
    path = state_dir / "secret_key"
    if not path.exists():
        state_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
