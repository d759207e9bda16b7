"""Bundles: the weights of a cascade as ONNX files, with a manifest that vouches for them.

A bundle is a folder: ``manifest.json``, one ``.onnx`` file a level and, in a whole one,
``align.onnx`` and ``expression.onnx``. The manifest holds the sha256 of each file and of itself, the
cascade's spec, the data it was trained on, the figures it reached and the date. Every file is verified
before it is used, and what is verified is what is loaded: the very bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smilecascade.errors import BundleError, SpecError
from smilecascade.geometry.boxes import FloatArray
from smilecascade.specs import CascadeSpec, from_mapping, to_mapping

#: The bundle that ships inside the package.
SHIPPED = Path(__file__).parent / "weights"

MANIFEST = "manifest.json"
ALIGNER = "align.onnx"
EXPRESSION = "expression.onnx"
FORMAT = 3
#: What computes, as ONNX Runtime calls it, best first: such small nets gain nothing from a GPU.
PROVIDERS = ("CPUExecutionProvider",)


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What a net says of the K windows that it keeps, of N windows or of one sheet of them.

    places:        (K,) int64, which: rows of the N windows; on a sheet, indices into its
                   flattened map of positions. Ascending.
    scores:        (K,) float32 in 0..1, the probability of a face.
    displacements: (K, 3) float32, how each window lies on its face (``geometry.calibration``),
                   or None where the net does not calibrate.
    """

    places: NDArray[np.int64]
    scores: FloatArray
    displacements: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: NDArray[np.bool_] | slice) -> Verdicts:
        """The rows that a mask or a slice picks."""
        return Verdicts(
            places=self.places[rows],
            scores=self.scores[rows],
            displacements=None if self.displacements is None else self.displacements[rows],
        )

    @classmethod
    def none(cls) -> Verdicts:
        """No window was kept: K = 0."""
        return cls(places=np.zeros(0, np.int64), scores=np.zeros(0, np.float32))

    @classmethod
    def concatenate(cls, parts: Sequence[Verdicts]) -> Verdicts:
        """All parts in their order, of one net; without any that keeps a window, none."""
        kept = [part for part in parts if len(part)]
        if len(kept) < 2:
            return kept[0] if kept else cls.none()
        return cls(
            places=np.concatenate([part.places for part in kept]),
            scores=np.concatenate([part.scores for part in kept]),
            displacements=_joined([part.displacements for part in kept]),
        )


#: The last net at work: crops of the faces found, RGBX uint8 (N, S, S, 4), to how each lies on its face,
#: displacements (N, 3), and to its points (N, 5, 2): eyes, nose and corners of the mouth from the crop's
#: centre in its sides.
Align = Callable[[NDArray[np.uint8]], tuple[FloatArray, FloatArray]]

#: The net of expressions at work: crops of N faces, RGBX uint8 (N, S, S, 4), and of their eyes, left and
#: right of each in turn, (2·N, E, E, 4), to probabilities: of the eight expressions (N, 8), of a smile
#: (N,), of an open mouth (N,), and of a closed left and right eye (N, 2).
Express = Callable[
    [NDArray[np.uint8], NDArray[np.uint8]], tuple[FloatArray, FloatArray, FloatArray, FloatArray]
]

#: A net at work: RGBX uint8 (N, H, W, 4), red, green, blue and a byte that is not looked at, and the
#: least score to what it says of those it keeps.
Judge = Callable[[NDArray[np.uint8], float], Verdicts]


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A verified bundle: its spec, its manifest and the bytes of its nets, level by level.

    aligner: the bytes of the net that looks at the faces found once more, or None: a bundle in
    training has none yet. expression: those of the net that says what faces show, or None.
    """

    path: Path
    spec: CascadeSpec
    manifest: Mapping[str, Any]
    nets: tuple[bytes, ...]
    aligner: bytes | None = None
    expression: bytes | None = None

    @property
    def digest(self) -> str:
        """The sha256 of the manifest, which names every other hash: the bundle's name."""
        return str(self.manifest["sha256"])

    def uncalibrated(self) -> Bundle:
        """The same nets in a cascade that leaves windows where the grid has them, to compare."""
        levels = tuple(replace(level, calibrate=False) for level in self.spec.levels)
        return replace(self, spec=replace(self.spec, levels=levels), aligner=None)

    def judges(self, threads: int | None = None) -> tuple[Judge, ...]:
        """The nets of the levels, ready to run; ``threads`` None: as many as the machine has cores."""
        return tuple(_judge(net, threads) for net in self.nets)

    def align(self, threads: int | None = None) -> Align | None:
        """The aligner, ready to run, if the bundle has one."""
        if self.aligner is None:
            return None
        return _asked(self.aligner, threads, ["pixels"], ["displacements", "points"])

    def express(self, threads: int | None = None) -> Express | None:
        """The net that says what faces show, ready to run, if the bundle has one."""
        if self.expression is None:
            return None
        answers = ["emotions", "smile", "mouth_open", "eyes_closed"]
        return _asked(self.expression, threads, ["faces", "eyes"], answers)

    def providers(self) -> tuple[str, ...]:
        """What really computes, best first: ONNX Runtime falls back without a word from ``PROVIDERS``."""
        return tuple(_session(self.nets[0], 1).get_providers())


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
    files = {name: _verified(folder / name, digest) for name, digest in digests.items()}
    aligner, expression = files.pop(ALIGNER, None), files.pop(EXPRESSION, None)
    nets = tuple(files.values())
    return Bundle(
        path=folder, spec=spec, manifest=manifest, nets=nets, aligner=aligner, expression=expression
    )


def write_bundle(
    path: Path,
    spec: CascadeSpec,
    nets: Sequence[bytes],
    facts: Mapping[str, Any],
    *,
    aligner: bytes | None = None,
    expression: bytes | None = None,
) -> Bundle:
    """Write a bundle to the side, then put it in its place; returns it as read back.

    ``facts`` go into the manifest as they are: name, created, data, figures, training.
    Raises BundleError where something else than a bundle would be replaced.
    """
    check_place(path)
    partial = path.with_name(path.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    files = dict(zip(_file_names(len(nets)), nets, strict=True))
    more = {ALIGNER: aligner, EXPRESSION: expression}
    files |= {name: net for name, net in more.items() if net is not None}
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
    """The hash of each file, levels in their order; a name of another place is refused, too."""
    digests, names = manifest.get("files"), _file_names(levels)
    more = [name for name in (ALIGNER, EXPRESSION) if isinstance(digests, dict) and name in digests]
    if not isinstance(digests, dict) or list(digests) != [*names, *more]:
        wanted = f"{', '.join(names)} and, if any, {ALIGNER} and {EXPRESSION}"
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


def _judge(net: bytes, threads: int | None) -> Judge:
    session = _session(net, threads)
    names = [output.name for output in session.get_outputs()]

    def judge(pixels: NDArray[np.uint8], min_score: float) -> Verdicts:
        said = session.run(names, {"pixels": pixels, "min_score": np.array(min_score, np.float32)})
        return Verdicts(**dict(zip(names, said, strict=True)))

    return judge


def _asked(net: bytes, threads: int | None, inputs: list[str], outputs: list[str]) -> Callable[..., Any]:
    """A net that takes arrays in the order of its inputs, and answers in that of its outputs."""
    session = _session(net, threads)

    def ask(*pixels: NDArray[np.uint8]) -> tuple[FloatArray, ...]:
        return tuple(session.run(outputs, dict(zip(inputs, pixels, strict=True))))

    return ask


def _session(net: bytes, threads: int | None) -> Any:
    import onnxruntime  # here, so that ``smilecascade doctor`` can say what is wrong where it is broken

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Threads that wait for the next run of their net would take the cores from the other nets.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if threads is not None:
        # More threads than cores would only wait for each other, at four nets a thousand of them.
        options.intra_op_num_threads = min(threads, os.cpu_count() or 1)
    return onnxruntime.InferenceSession(net, options, providers=list(PROVIDERS))


def _joined(parts: Sequence[FloatArray | None]) -> FloatArray | None:
    """All rows, or None where the net says nothing of the kind."""
    said = [part for part in parts if part is not None]
    return np.concatenate(said) if said else None
