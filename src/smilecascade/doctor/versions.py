"""Versions: of Python, of this program, of what it needs, and of what its extras bring.

What is needed is read from the installed program's own metadata, so that it is said in one place.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata

from packaging.requirements import Requirement

import smilecascade
from smilecascade.doctor.findings import Finding

#: What each extra is for, as a user would say it.
FEATURES = {
    "benchmark": "evaluate: curves, and other detectors beside this one",
    "monitor": "monitor: runs on a page",
    "parquet": "detect: tables as Parquet",
    "ray": "detect: photos shared by several machines",
    "supervision": "to_supervision: faces for the package supervision",
    "tensorboard": "runs mirrored to TensorBoard",
    "train": "train and finetune",
    "video": "detect: videos",
}

#: What is looked at where the program is not installed, so that nothing says what it needs.
PLAIN = ("numpy", "onnxruntime", "pillow", "click")

#: The extra of those who work on the program itself.
DEVELOPMENT = "dev"


def examine() -> Iterator[Finding]:
    """Python, the program, each package it needs, and each extra."""
    yield Finding(what="python", found=f"{platform.python_version()} at {sys.executable}")
    yield _program()
    needed = [Requirement(line) for line in _declared()]
    yield from (_package(one) for one in needed if _is_wanted(one, ""))
    for extra in _extras():
        yield _extra(extra, [one for one in needed if _is_wanted(one, extra) and not _is_wanted(one, "")])


def _program() -> Finding:
    version = f"{smilecascade.__version__} at {smilecascade.__path__[0]}"
    if _installed():
        return Finding(what="smilecascade", found=version)
    return Finding(
        what="smilecascade",
        found=f"{version}, a folder that is not installed: what it needs is not known",
        state="absent",
        mend="install it: pip install -e . in its checkout",
    )


def _installed() -> bool:
    try:
        metadata.version("smilecascade")
    except metadata.PackageNotFoundError:
        return False
    return True


def _extras() -> list[str]:
    names = metadata.metadata("smilecascade").get_all("Provides-Extra") if _installed() else None
    return [name for name in names or () if name != DEVELOPMENT]


def _declared() -> Sequence[str]:
    return metadata.requires("smilecascade") or () if _installed() else PLAIN


def _is_wanted(one: Requirement, extra: str) -> bool:
    """Whether this is needed on this machine, with this extra; "": without any."""
    return one.marker is None or one.marker.evaluate({"extra": extra})


def _package(one: Requirement) -> Finding:
    version = _version(one)
    if version is None:
        return _wrong(one, "is not installed")
    if not one.specifier.contains(version, prereleases=True):
        return _wrong(one, f"{version} is installed, {one.specifier} is needed")
    return Finding(what=one.name, found=version)


def _wrong(one: Requirement, trouble: str) -> Finding:
    mend = f"python -m pip install --upgrade '{one.name}{one.specifier}'"
    return Finding(what=one.name, found=trouble, state="wrong", mend=mend)


def _extra(extra: str, needed: Sequence[Requirement]) -> Finding:
    what, mend = f"extra {extra}", f"python -m pip install --upgrade 'smilecascade[{extra}]'"
    missing = [one.name for one in needed if _version(one) is None]
    if missing:
        found = f"without {', '.join(missing)}; needed for {FEATURES.get(extra, extra)}"
        return Finding(what=what, found=found, state="absent", mend=mend)
    packages = [_package(one) for one in needed]
    found = ", ".join(f"{one.what} {one.found}" for one in packages)
    if any(one.state == "wrong" for one in packages):
        return Finding(what=what, found=found, state="wrong", mend=mend)
    return Finding(what=what, found=f"{found}; for {FEATURES.get(extra, extra)}")


def _version(one: Requirement) -> str | None:
    try:
        return metadata.version(one.name)
    except metadata.PackageNotFoundError:
        return None
