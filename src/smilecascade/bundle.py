"""Bundles: the weights of a cascade as ONNX files, with a manifest that vouches for them.

A bundle is a folder: ``manifest.json`` and one ``.onnx`` file a level. The manifest holds
the sha256 of each file and of itself, the cascade's spec, the data it was trained on, the
figures it reached and the date. Every file is verified before it is used, and what is
verified is what is loaded: the very bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from smilecascade.errors import BundleError, SpecError
from smilecascade.specs import CascadeSpec, from_mapping, to_mapping

#: The bundle that ships inside the package.
SHIPPED = Path(__file__).parent / "weights"

MANIFEST = "manifest.json"
FORMAT = 1

#: A net at work: RGB uint8 (N, H, W, 3) to scores in 0..1, (N, h, w); h = w = 1 for windows.
Classifier = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A verified bundle: its spec, its manifest and the bytes of its nets, level by level."""

    path: Path
    spec: CascadeSpec
    manifest: Mapping[str, Any]
    nets: tuple[bytes, ...]

    @property
    def digest(self) -> str:
        """The sha256 of the manifest, which names every other hash: the bundle's name."""
        return str(self.manifest["sha256"])

    def classifiers(self, threads: int | None = None) -> tuple[Classifier, ...]:
        """The nets of the levels, ready to run; ``threads`` None: as many as the machine has cores."""
        return tuple(_classifier(net, threads) for net in self.nets)


def open_bundle(path: Path | None = None) -> Bundle:
    """Read and verify a bundle; None is the shipped one.

    Raises BundleError where the folder or a file is missing, a hash differs, or the
    manifest is of another version.
    """
    folder = SHIPPED if path is None else Path(path)
    manifest = _read_manifest(folder)
    try:
        spec = from_mapping(CascadeSpec, manifest.get("spec", {}), where=f"{folder / MANIFEST}: spec")
    except SpecError as error:
        raise BundleError(f"{error}; the bundle was written by another version") from None
    digests = _digests(folder, manifest, len(spec.levels))
    nets = tuple(_verified(folder / name, digest) for name, digest in digests.items())
    return Bundle(path=folder, spec=spec, manifest=manifest, nets=nets)


def write_bundle(path: Path, spec: CascadeSpec, nets: Sequence[bytes], facts: Mapping[str, Any]) -> Bundle:
    """Write a bundle to the side, then put it in its place; returns it as read back.

    ``facts`` go into the manifest as they are: name, created, data, figures, training.
    Raises BundleError where something else than a bundle would be replaced.
    """
    check_place(path)
    partial = path.with_name(path.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    files = dict(zip(_file_names(len(nets)), nets, strict=True))
    for name, net in files.items():
        (partial / name).write_bytes(net)
    digests = {name: hashlib.sha256(net).hexdigest() for name, net in files.items()}
    manifest = {"format": FORMAT, **facts, "spec": to_mapping(spec), "files": digests}
    (partial / MANIFEST).write_bytes(_sealed(manifest))
    open_bundle(partial)
    _replace_folder(partial, path)
    return open_bundle(path)


def check_place(path: Path) -> None:
    """Raise BundleError where a bundle written to ``path`` would replace something else."""
    replaceable = path.is_dir() and ((path / MANIFEST).is_file() or not any(path.iterdir()))
    if path.exists() and not replaceable:
        raise BundleError(f"{path}: exists and is no bundle; give a new folder, or an empty one")


def _replace_folder(new: Path, place: Path) -> None:
    """A folder cannot be renamed over a full one: the old one steps aside first."""
    old = place.with_name(place.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        text = path.read_bytes()
        manifest = json.loads(text)
        version, sealed = manifest["format"], _sealed(manifest)
    except OSError:
        raise BundleError(f"{folder}: no bundle there ({MANIFEST} cannot be read); give its folder") from None
    except (ValueError, KeyError, TypeError):
        raise BundleError(f"{path}: is damaged or no manifest; install or fetch the bundle again") from None
    if version != FORMAT:
        raise BundleError(f"{path}: format {version!r}, this version reads {FORMAT}; update smilecascade")
    if text != sealed:
        raise BundleError(f"{path}: was altered (its sha256 differs); install or fetch the bundle again")
    return dict(manifest)


def _sealed(manifest: Mapping[str, Any]) -> bytes:
    """The text of a manifest, its own hash included; not a byte of it can be another."""
    vouched = {key: value for key, value in manifest.items() if key != "sha256"}
    digest = hashlib.sha256(json.dumps(vouched, sort_keys=True).encode()).hexdigest()
    return (json.dumps({**vouched, "sha256": digest}, indent=2, ensure_ascii=False) + "\n").encode()


def _file_names(levels: int) -> list[str]:
    return [f"level{number}.onnx" for number in range(1, levels + 1)]


def _digests(folder: Path, manifest: Mapping[str, Any], levels: int) -> dict[str, str]:
    """The hash of each level's file, in their order; a name of another place is refused, too."""
    digests, names = manifest.get("files"), _file_names(levels)
    if not isinstance(digests, dict) or list(digests) != names:
        wanted = ", ".join(names)
        raise BundleError(f"{folder / MANIFEST}: expected the files {wanted}; fetch the bundle again")
    return digests


def _verified(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path}: {error.strerror}; install or fetch the bundle again") from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise BundleError(f"{path}: was altered (its sha256 differs); install or fetch the bundle again")
    return data


def _classifier(net: bytes, threads: int | None) -> Classifier:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if threads is not None:
        # More threads than cores would only wait for each other, at three nets a thousand of them.
        options.intra_op_num_threads = min(threads, os.cpu_count() or 1)
    session = onnxruntime.InferenceSession(net, options, providers=["CPUExecutionProvider"])

    def classify(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        (scores,) = session.run(None, {"pixels": pixels})
        return np.asarray(scores, np.float32)

    return classify
