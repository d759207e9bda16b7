"""Detectors of other projects, each in a few lines, to be measured beside ours in the same run.

Their weights are no part of this project. OpenCV comes with the extra ``benchmark`` and is
imported only when a peer needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from smilecascade.analyze import Cascade
from smilecascade.detect.cascade import Detector as CascadeDetector
from smilecascade.detect.cascade import Stage
from smilecascade.errors import SmilecascadeError
from smilecascade.geometry.boxes import FloatArray
from smilecascade.geometry.suppress import suppress
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face

#: YuNet's strides, and the number that both sides of its input must be a multiple of.
STRIDES = (8, 16, 32)
MULTIPLE = 32

#: Of YuNet's outputs those that boxes are made of, stride by stride.
OUTPUTS = [f"{kind}_{stride}" for stride in STRIDES for kind in ("cls", "obj", "bbox")]


class Detector(Protocol):
    """Whatever can be measured: it has a name, and it finds faces."""

    @property
    def name(self) -> str:
        """As the tables call it; unique within a run."""

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """Faces in an RGB uint8 (H, W, 3) photo, best first; ``min_face``: side of the smallest wanted."""


class Traced(Detector, Protocol):
    """A detector that works in levels, and tells what each of them does."""

    def trace(self, image: Pixels, min_face: float) -> list[Stage]:
        """Every step of every level, in order, at the thresholds that the bundle names."""


@dataclass(frozen=True, kw_only=True)
class Ours:
    """A cascade of this project; ``min_score`` replaces its last level's threshold in ``detect``."""

    cascade: Cascade
    min_score: float | None = None
    name: str = "smilecascade"

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """As ``Cascade.detect``."""
        return self.cascade.detect(image, min_face=min_face, min_score=self.min_score)

    def trace(self, image: Pixels, min_face: float) -> list[Stage]:
        """As ``Cascade.trace``."""
        return self.cascade.trace(image, min_face=min_face)


class Uncalibrated:
    """The same nets with the same thresholds, but windows stay where the search laid them.

    What calibration gives is the difference; suppression and thresholds were chosen with it.
    """

    name = "smilecascade uncalibrated"

    def __init__(self, cascade: Cascade, *, min_score: float, threads: int = 1) -> None:
        self._min_score = min_score
        self._detector = CascadeDetector(cascade.bundle.uncalibrated(), threads)

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """As ``Cascade.detect``."""
        return self._detector.faces(image, min_face=min_face, min_score=self._min_score)

    def trace(self, image: Pixels, min_face: float) -> list[Stage]:
        """As ``Cascade.trace``."""
        stages: list[Stage] = []
        self._detector.windows(image, min_face=min_face, watch=stages.append)
        return stages


class YuNet:
    """YuNet (libfacedetection.train) from an ONNX file that takes inputs of any size.

    smallest: the photo is shrunk until the smallest wanted face has this side in pixels;
    None looks at the photo in full size, and needs no OpenCV. interpolation: how it is
    shrunk, by OpenCV's names: ``area`` keeps the accuracy, ``linear`` takes a tenth of the
    time, and picks pixels where it shrinks more than twice. Boxes that overlap a better one
    by an IoU above ``max_iou`` go. Raises SmilecascadeError where the file is no such model.
    """

    def __init__(
        self,
        path: Path,
        *,
        smallest: float | None = None,
        interpolation: Literal["area", "linear"] = "area",
        min_score: float = 0.02,
        max_iou: float = 0.45,
        threads: int = 1,
    ) -> None:
        self.name = "YuNet" if smallest is None else f"YuNet @{smallest:g}"
        self._smallest, self._min_score, self._max_iou = smallest, min_score, max_iou
        self._shrink = None if smallest is None else _shrinker(interpolation)
        self._session = _session(path, threads)
        self._input = self._session.get_inputs()[0].name

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """Faces in an RGB uint8 (H, W, 3) photo, best first."""
        shrinkage = 1.0 if self._smallest is None else max(1.0, min_face / self._smallest)
        seen = image if self._shrink is None or shrinkage == 1 else self._shrink(image, shrinkage)
        boxes, scores = self._boxes(_blob(seen))
        best = suppress(boxes, scores, max_iou=self._max_iou)
        return _faces(boxes[best] * np.float32(shrinkage), scores[best])

    def _boxes(self, blob: FloatArray) -> tuple[FloatArray, FloatArray]:
        """All boxes (N, 4) of at least the least score, and their scores (N,)."""
        outputs = iter(self._session.run(OUTPUTS, {self._input: blob}))
        parts = [
            _decoded(*triple, stride, blob.shape[3] // stride, self._min_score)
            for stride, triple in zip(STRIDES, zip(outputs, outputs, outputs, strict=True), strict=True)
        ]
        boxes, scores = (np.concatenate(column) for column in zip(*parts, strict=True))
        return boxes, scores


class Haar:
    """OpenCV's Haar cascade ``haarcascade_frontalface_alt2``.

    scale_factor, min_neighbours: OpenCV's own names for the step of its pyramid and for how
    many windows must agree on a face. Faces are scored by s / (1 + s) of the sum s ≥ 0 of
    the last stage, since a score lies in 0..1. Raises SmilecascadeError without OpenCV.
    """

    name = "Haar alt2"

    def __init__(self, *, scale_factor: float = 1.1, min_neighbours: int = 1) -> None:
        self._cv2 = opencv()
        file = Path(self._cv2.data.haarcascades) / "haarcascade_frontalface_alt2.xml"
        self._classifier = self._cv2.CascadeClassifier(str(file))
        self._scale_factor, self._min_neighbours = scale_factor, min_neighbours

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """Faces in an RGB uint8 (H, W, 3) photo, best first."""
        grey = self._cv2.cvtColor(image, self._cv2.COLOR_RGB2GRAY)
        side = max(1, round(min_face))
        found, _, sums = self._classifier.detectMultiScale3(
            grey, self._scale_factor, self._min_neighbours, minSize=(side, side), outputRejectLevels=True
        )
        boxes = np.array(found, np.float32).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        evidence = np.maximum(np.array(sums, np.float64).reshape(-1), 0)
        best = np.argsort(-evidence, kind="stable")
        return _faces(boxes[best], (evidence / (1 + evidence))[best])


def opencv() -> Any:
    """The module cv2; raises SmilecascadeError, naming the extra, where it is not installed."""
    try:
        import cv2
    except ImportError:
        raise SmilecascadeError(
            "OpenCV is not installed, and this detector needs it: pip install 'smilecascade[benchmark]'"
        ) from None
    return cv2


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own exceptions share no public base class
        raise SmilecascadeError(f"{path}: is no ONNX file that can be read ({_reason(error)})") from None
    missing = sorted(set(OUTPUTS) - {output.name for output in session.get_outputs()})
    if missing:
        raise SmilecascadeError(
            f"{path}: has no output {', '.join(missing)}; give a YuNet model of libfacedetection.train"
        )
    return session


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _shrinker(interpolation: Literal["area", "linear"]) -> Callable[[Pixels, float], Pixels]:
    cv2 = opencv()
    method = {"area": cv2.INTER_AREA, "linear": cv2.INTER_LINEAR}[interpolation]

    def shrink(image: Pixels, shrinkage: float) -> Pixels:
        size = [max(1, round(side / shrinkage)) for side in image.shape[1::-1]]
        shrunk: Pixels = cv2.resize(image, size, interpolation=method)
        return shrunk

    return shrink


def _blob(image: Pixels) -> FloatArray:
    """The photo as YuNet wants it: BGR 0..255, (1, 3, H, W) float32, padded to ``MULTIPLE`` with black."""
    height, width = image.shape[:2]
    padded = (ceil(side / MULTIPLE) * MULTIPLE for side in (height, width))
    blob = np.zeros((1, 3, *padded), np.float32)
    blob[0, :, :height, :width] = image[:, :, ::-1].transpose(2, 0, 1)
    return blob


def _decoded(
    classes: FloatArray, objects: FloatArray, offsets: FloatArray, stride: int, columns: int, min_score: float
) -> tuple[FloatArray, FloatArray]:
    """Boxes (N, 4) and scores (N,) of one stride, those of at least this score.

    A score is √(class·object). A box's centre is (cell + offset)·stride and its size
    exp(offset)·stride, the cells in reading order, ``columns`` a row.
    """
    scores = np.sqrt(np.clip(classes[0, :, 0], 0, 1) * np.clip(objects[0, :, 0], 0, 1))
    (cells,) = np.nonzero(scores >= min_score)
    row, column = np.divmod(cells, columns)
    centre = (np.stack([column, row], axis=1) + offsets[0, cells, :2]) * stride
    half = np.exp(offsets[0, cells, 2:]) * stride / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32), scores[cells]


def _faces(boxes: FloatArray, scores: NDArray[np.floating]) -> list[Face]:
    return [
        Face(box=tuple(box), score=score) for box, score in zip(boxes.tolist(), scores.tolist(), strict=True)
    ]
