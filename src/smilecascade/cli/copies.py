"""Where covered copies go: the same names below another folder, and never over what is to be covered."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from smilecascade.cli.failures import TargetError, describe
from smilecascade.cli.inputs import Task, find_inputs, reason
from smilecascade.cli.targets import KEPT_SUFFIXES
from smilecascade.errors import VideoError


@dataclass(frozen=True, kw_only=True)
class Job:
    """One photo or video to copy. target: the copy, below the folder of copies; "" where there is trouble."""

    task: Task
    target: str = ""

    @property
    def source(self) -> Path:
        """The photo or video, as the user named it."""
        return self.task.path


def plan(paths: Sequence[Path], out: Path) -> list[Job]:
    """The copies of all photos and videos that the paths name, in order.

    What a folder holds keeps its place below it. Of the same names later ones get a number. A photo of a
    format that cannot be written becomes a PNG. What cannot be found or opened is a job with trouble.
    """
    taken: set[str] = set()
    return [_job(task, within, taken) for task, within in _tasks(paths, out)]


def require_sources_safe(jobs: Sequence[Job], out: Path) -> None:
    """Raise TargetError where a copy would replace what is to be covered."""
    sources = {job.source.resolve() for job in jobs}
    for job in jobs:
        if job.target and (out / job.target).resolve() in sources:
            raise TargetError(
                f"{out / job.target}: is to be masked itself and never replaced; give --out another folder"
            )


def require_free(jobs: Sequence[Job], out: Path, known: Container[str] = ()) -> None:
    """Raise TargetError where copies are there already, but for those known of an earlier run."""
    there = [
        out / job.target
        for job in jobs
        if job.target and job.target not in known and (out / job.target).exists()
    ]
    if there:
        others = f", and so are {len(there) - 1} others" if len(there) > 1 else ""
        raise TargetError(
            f"{there[0]}: is there already{others}; give --resume to do what is missing, --force to replace "
            "what is there, or --out another folder"
        )


def beside(out: Path, suffix: str) -> Path:
    """A file that belongs to a folder of copies, but is not to be published with it: beside it."""
    folder = out.resolve()
    if not folder.name:
        raise TargetError(f"{out}: is no folder for copies alone; give --out another")
    return folder.with_name(folder.name + suffix)


def _tasks(paths: Sequence[Path], out: Path) -> Iterator[tuple[Task, PurePath]]:
    for path in paths:
        root = path if path.is_dir() else path.parent
        for task in find_inputs([path], out):
            yield task, task.path.relative_to(root)


def _job(task: Task, within: PurePath, taken: set[str]) -> Job:
    if task.trouble:
        return Job(task=task)
    try:
        suffix = _suffix(task)
    except VideoError as error:
        return Job(task=Task(task.path, reason(error, task.path)))
    except ModuleNotFoundError as error:
        return Job(task=Task(task.path, describe(error)))
    plain, number = within.with_suffix(suffix), 1
    name = plain
    # Names that differ in case alone are the same file on some systems.
    while str(name).casefold() in taken:
        number += 1
        name = plain.with_stem(f"{plain.stem}-{number}")
    taken.add(str(name).casefold())
    return Job(task=task, target=name.as_posix())


def _suffix(task: Task) -> str:
    if task.is_video:
        # An extra, and slow to import: only who has videos needs it.
        from smilecascade.video import suffix_of_copy

        return suffix_of_copy(task.path)
    return task.path.suffix if task.path.suffix.lower() in KEPT_SUFFIXES else ".png"
