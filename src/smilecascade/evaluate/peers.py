"""Detectors of other projects, each in a few lines, to be measured beside ours in the same run.

Their weights are no part of this project. OpenCV comes with the extra ``benchmark`` and is
imported only when a peer needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from smilecascade.analyze import Cascade
from smilecascade.errors import SmilecascadeError
from smilecascade.geometry.boxes import FloatArray
from smilecascade.geometry.suppress import suppress
from smilecascade.records import Face

Pixels = NDArray[np.uint8]

#: YuNet's strides, and the number that both sides of its input must be a multiple of.
STRIDES = (8, 16, 32)
MULTIPLE = 32


class Detector(Protocol):
    """Whatever can be measured: it has a name, and it finds faces."""

    @property
    def name(self) -> str:
        """As the tables call it; unique within a run."""

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """Faces in an RGB uint8 (H, W, 3) photo, best first; ``min_face``: side of the smallest wanted."""


@dataclass(frozen=True, kw_only=True)
class Ours:
    """A cascade of this project; ``min_score`` replaces its last level's threshold."""

    cascade: Cascade
    min_score: float | None = None
    name: str = "smilecascade"

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """As ``Cascade.detect``."""
        return self.cascade.detect(image, min_face=min_face, min_score=self.min_score)


class YuNet:
    """YuNet (libfacedetection.train) from an ONNX file that takes inputs of any size.

    smallest: the photo is shrunk until the smallest wanted face has this side in pixels;
    None looks at the photo in full size. Boxes that overlap a better one by an IoU above
    ``max_iou`` go: 0.45 is the value of its authors' own test settings.
    """

    def __init__(
        self,
        path: Path,
        *,
        smallest: float | None = None,
        min_score: float = 0.02,
        max_iou: float = 0.45,
        threads: int = 1,
    ) -> None:
        self.name = "YuNet" if smallest is None else f"YuNet @{smallest:g}"
        self._cv2 = opencv()
        self._smallest, self._min_score, self._max_iou = smallest, min_score, max_iou
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._outputs = [f"{kind}_{stride}" for stride in STRIDES for kind in ("cls", "obj", "bbox")]

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """Faces in an RGB uint8 (H, W, 3) photo, best first."""
        shrinkage = 1.0 if self._smallest is None else max(1.0, min_face / self._smallest)
        pixels = self._blob(image, shrinkage)
        outputs = self._session.run(self._outputs, {self._input: pixels})
        parts = [
            _decoded(*outputs[3 * k : 3 * k + 3], stride, pixels.shape[3] // stride, self._min_score)
            for k, stride in enumerate(STRIDES)
        ]
        boxes, scores = (np.concatenate(column) for column in zip(*parts, strict=True))
        best = suppress(boxes, scores, max_iou=self._max_iou)
        return _faces(boxes[best] * np.float32(shrinkage), scores[best])

    def _blob(self, image: Pixels, shrinkage: float) -> FloatArray:
        """The photo as YuNet wants it: BGR 0..255, (1, 3, H, W) float32, padded with black."""
        if shrinkage > 1:
            size = tuple(max(1, round(side / shrinkage)) for side in image.shape[1::-1])
            image = self._cv2.resize(image, size, interpolation=self._cv2.INTER_AREA)
        height, width = image.shape[:2]
        blob = np.zeros((1, 3, _rounded_up(height), _rounded_up(width)), np.float32)
        blob[0, :, :height, :width] = image[:, :, ::-1].transpose(2, 0, 1)
        return blob


class Haar:
    """OpenCV's Haar cascade ``haarcascade_frontalface_alt2``, scored by its last stage's sum."""

    name = "Haar alt2"

    def __init__(self, *, scale_factor: float = 1.1, min_neighbours: int = 1) -> None:
        self._cv2 = opencv()
        folder = Path(self._cv2.data.haarcascades)
        self._classifier = self._cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_alt2.xml"))
        self._scale_factor, self._min_neighbours = scale_factor, min_neighbours

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """Faces in an RGB uint8 (H, W, 3) photo, best first."""
        grey = self._cv2.cvtColor(image, self._cv2.COLOR_RGB2GRAY)
        side = max(1, round(min_face))
        found, _, weights = self._classifier.detectMultiScale3(
            grey, self._scale_factor, self._min_neighbours, minSize=(side, side), outputRejectLevels=True
        )
        corners = np.array(found, np.float32).reshape(-1, 4)
        corners[:, 2:] += corners[:, :2]
        scores = 1 / (1 + np.exp(-np.array(weights, np.float32).reshape(-1)))
        order = np.argsort(-scores, kind="stable")
        return _faces(corners[order], scores[order])


def opencv() -> Any:
    """The module cv2; raises SmilecascadeError, naming the extra, where it is not installed."""
    try:
        return import_module("cv2")
    except ImportError:
        raise SmilecascadeError(
            "OpenCV is not installed, and this detector needs it: pip install 'smilecascade[benchmark]'"
        ) from None


def _decoded(
    classes: FloatArray, objects: FloatArray, offsets: FloatArray, stride: int, columns: int, min_score: float
) -> tuple[FloatArray, FloatArray]:
    """Boxes (N, 4) and scores (N,) of one stride, those with at least this score."""
    scores = np.sqrt(np.clip(classes[0, :, 0], 0, 1) * np.clip(objects[0, :, 0], 0, 1))
    (cells,) = np.nonzero(scores >= min_score)
    row, column = np.divmod(cells, columns)
    centre = (np.stack([column, row], axis=1) + offsets[0, cells, :2]) * stride
    half = np.exp(offsets[0, cells, 2:]) * stride / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32), scores[cells]


def _faces(boxes: FloatArray, scores: FloatArray) -> list[Face]:
    return [
        Face(box=tuple(box), score=score) for box, score in zip(boxes.tolist(), scores.tolist(), strict=True)
    ]


def _rounded_up(side: int) -> int:
    return ceil(side / MULTIPLE) * MULTIPLE
