"""Hashes and versions that say what a model was made with."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path
from typing import Any

import monai
import numpy as np
import torch

import inference
import inference.training
from inference.training.recipe import RECIPES, Recipe


def software() -> dict[str, str]:
    """The versions that stand in a MONAI bundle's metadata."""
    return {
        "monai_version": monai.__version__,
        "pytorch_version": torch.__version__,
        "numpy_version": np.__version__,
    }


def code_sha256(recipe: Recipe) -> str:
    """SHA-256 over the source of the contract, the training and this pipeline."""
    training = Path(inference.training.__file__).parent
    own = Path(str(importlib.import_module(RECIPES[recipe.name].partition(":")[0]).__file__)).parent
    pipeline = Path(inference.__file__).parent / "pipelines" / recipe.name
    shared = [*training.glob("*.py"), *(training / "adapters").glob("*.py")]
    contract = Path(inference.__file__).parent / "contract.py"
    return _sha256([contract, *shared, *own.rglob("*.py"), *pipeline.rglob("*.py")])


def preprocessing_sha256(recipe: Recipe) -> str:
    """SHA-256 over the modules that decide what the networks see."""
    modules = [importlib.import_module(name) for name in recipe.preprocessing]
    return _sha256([Path(str(module.__file__)) for module in modules])


def provenance(recipe: Recipe, *, data_sha256: str, data_covers: str) -> dict[str, Any]:
    """All hashes but the weights' own."""
    return {
        "code_sha256": code_sha256(recipe),
        "preprocessing_sha256": preprocessing_sha256(recipe),
        "data_sha256": data_sha256,
        "data_sha256_covers": data_covers,
    }


def _sha256(files: list[Path]) -> str:
    root = Path(inference.__file__).parents[1]
    total = hashlib.sha256()
    for file in sorted(set(files)):
        total.update(f"{file.relative_to(root)}\n".encode())
        total.update(file.read_bytes())
    return total.hexdigest()
