"""What a phantom knows of a disc, measured on its own drawing without pixels, noise or labels.

Each figure follows the definition of the measure that it checks, on points of the model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.phantom.anatomy import Disc, Vertebra
from spinestudy.imaging.phantom.scene import Scene
from spinestudy.imaging.phantom.structures import body_code

_FINE_MM = 0.5


def drawn(
    scene: Scene,
    at: Disc | Vertebra,
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    w: NDArray[np.float64],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    """Labels, structures, T2 signal on a grid (u posterior, v cranial, w left; mm) about a part."""
    uu, vv, ww = np.meshgrid(u, v, w, indexing="ij")
    cos, sin = np.cos(at.angle), np.sin(at.angle)
    y = at.center[0] + cos * uu - sin * vv
    z = at.center[1] + sin * uu + cos * vv
    x = ww + np.asarray(scene.anatomy.shift_x(z.astype(np.float32)))
    model = np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)
    found = scene.sample(model @ scene.rotation.T + scene.shift)
    return (
        found.labels.reshape(uu.shape),
        found.structures.reshape(uu.shape),
        found.t2.reshape(uu.shape),
    )


def geometry(scene: Scene, seat: str) -> dict[str, float]:
    """Code of each measure -> what it is in truth, at the seat of a disc."""
    anatomy = scene.anatomy
    disc, above = anatomy.discs[seat], anatomy.vertebrae[seat.split("/")[0]]
    w = np.arange(-20, 20, _FINE_MM)
    zero = np.zeros(1)
    labels, _, _ = drawn(scene, disc, np.arange(-5, 45, _FINE_MM), zero, w)
    sac = labels[:, 0] == 4
    middle = (sac.sum(0) * w).sum() / max(int(sac.sum()), 1)
    labels, _, _ = drawn(scene, disc, np.arange(-25, 25, _FINE_MM), np.arange(-16, 16, 0.25), zero)
    height = (labels[:, :, 0] == 3).sum(1) * 0.25
    height = height[height > 1]
    cut = len(height) // 8
    _, body, _ = drawn(scene, above, np.arange(-8, 8.1, 2), np.arange(-25, 25, 0.25), zero)
    body_height = np.median((body[:, :, 0] == body_code(above.name)).sum(1) * 0.25)
    along = np.linspace(-0.25, 0.25, 13) * 2 * disc.half_depth
    _, _, t2 = drawn(scene, disc, along, np.linspace(-1, 1, 5), np.array([-4.0, 0.0, 4.0]))
    return {
        "dural_sac_area": float(sac.sum()) * _FINE_MM**2,
        "dural_sac_ap": float(sac[:, np.abs(w - middle) <= 2].sum(0).mean()) * _FINE_MM,
        "disc_height_ratio": float(height[cut : len(height) - cut].mean() / body_height),
        "disc_t2_ratio": float(np.median(t2)) / float(scene.tissues.csf[1]),
        "slip": disc.slip_mm,
    }
