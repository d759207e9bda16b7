"""The detector itself: are the weights whole, who computes, and is a known face found where it is?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from smilecascade import images
from smilecascade.analyze import Cascade
from smilecascade.bundle import PROVIDERS, SHIPPED, Bundle, open_bundle
from smilecascade.doctor.findings import Finding
from smilecascade.errors import BundleError
from smilecascade.geometry.boxes import Box, iou
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face

#: A face from a photo of NASA in the public domain (examples/README.md), 120 by 120 pixels, and where it is.
PHOTO = Path(__file__).with_name("astronaut.jpg")
FACE: Box = (34, 26, 87, 96)

#: The face found must overlap it by this; all bundles so far reach 0.9.
LEAST_IOU = 0.6

#: What puts the packages back as they were published.
REINSTALL = "python -m pip install --force-reinstall onnxruntime numpy pillow"

#: Looks at the photo, of which the median time is told; the first one warms up.
LOOKS = 6


def examine(path: Path | None) -> Iterator[Finding]:
    """The bundle; and where it is whole, the execution provider and a look at a face."""
    try:
        bundle = open_bundle(path)
    except BundleError as error:
        found, _, mend = str(error).rpartition("; ")
        yield Finding(what="bundle", found=found, state="wrong", mend=mend)
        return
    yield _bundle(bundle)
    for look in (_provider, _self_test):
        try:
            yield look(bundle)
        except Exception as error:  # whatever a broken installation happens to raise
            yield _unexpected(look.__name__.strip("_").replace("_", "-"), error)


def _bundle(bundle: Bundle) -> Finding:
    created = bundle.manifest.get("created", "unknown")
    found = f"{bundle.digest[:12]} of {created}, every file as its hash says, at {bundle.path}"
    return Finding(what="bundle", found=found)


def _provider(bundle: Bundle) -> Finding:
    """Who computes. ONNX Runtime falls back without a word where it cannot have what it is asked for."""
    used = bundle.providers()
    if used[:1] == tuple(PROVIDERS[:1]):
        return Finding(what="provider", found=used[0])
    return Finding(
        what="provider",
        found=f"{PROVIDERS[0]} was asked for, {', '.join(used) or 'nothing'} computes",
        state="wrong",
        mend=REINSTALL,
    )


def _self_test(bundle: Bundle) -> Finding:
    started = time.perf_counter()
    cascade = Cascade(bundle.path, threads=1)
    loaded_ms = 1000 * (time.perf_counter() - started)
    faces, found_ms = _looks(cascade, images.read(PHOTO))
    trouble = _trouble(faces)
    if trouble:
        own = "" if bundle.path == SHIPPED else "try without --bundle; where that fails too, "
        return Finding(what="self-test", found=trouble, state="wrong", mend=f"{own}{REINSTALL}")
    times = f"loaded in {loaded_ms:.0f} ms, found in {found_ms:.1f} ms by one thread"
    return Finding(what="self-test", found=f"the face is found, score {faces[0].score:.3f}; {times}")


def _looks(cascade: Cascade, photo: Pixels) -> tuple[list[Face], float]:
    """The faces, and the median time of a look in milliseconds."""
    elapsed_s = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        faces = cascade.detect(photo)
        elapsed_s.append(time.perf_counter() - started)
    return faces, 1000 * median(elapsed_s[1:])


def _trouble(faces: Sequence[Face]) -> str:
    """What is wrong with what was found, or ""."""
    if len(faces) != 1:
        return f"{len(faces)} faces are found in a photo of one"
    overlap = float(iou(np.array([faces[0].box], np.float32), np.array([FACE], np.float32))[0, 0])
    return "" if overlap >= LEAST_IOU else f"the face is found in a wrong place, IoU {overlap:.2f}"


def _unexpected(what: str, error: Exception) -> Finding:
    found = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return Finding(what=what, found=found, state="wrong", mend=REINSTALL)
