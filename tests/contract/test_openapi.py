"""The committed OpenAPI file and TypeScript types are those of the code."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from spinestudy.services.bootstrap import node_environment

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"


def _generate() -> Any:
    generator: Any = SchemaGenerator
    return generator().get_schema(request=None, public=True)


def test_the_openapi_file_is_that_of_the_code() -> None:
    schema = _generate()
    committed = json.loads((FRONTEND / "src/api/openapi.json").read_text())
    assert json.loads(json.dumps(schema)) == committed, "run `make schema` and commit"


def test_the_typescript_types_are_those_of_the_openapi_file(tmp_path: Path) -> None:
    env = node_environment()
    npx = shutil.which("npx", path=env["PATH"])
    assert npx
    target = tmp_path / "schema.d.ts"
    command = [npx, "openapi-typescript", "src/api/openapi.json", "-o", str(target)]
    subprocess.run(command, cwd=FRONTEND, env=env, check=True, capture_output=True)
    committed = (FRONTEND / "src/api/schema.d.ts").read_text()
    assert target.read_text() == committed, "run `make schema` and commit"
