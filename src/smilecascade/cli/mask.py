"""``smilecascade mask``: every face covered, in photos, videos and folders of photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

import smilecascade
from smilecascade.analyze import Cascade
from smilecascade.cli.auditing import Auditing
from smilecascade.cli.copies import Job, beside, plan, require_free, require_sources_safe
from smilecascade.cli.failures import OK, REMAINING, UNREAD, one_line
from smilecascade.cli.masking import Masking
from smilecascade.cli.options import (
    Session,
    bundle_option,
    debug_option,
    min_face_option,
    threads_option,
)
from smilecascade.cli.progress import Progress
from smilecascade.cli.targets import require_folder
from smilecascade.mask import (
    STYLES,
    Copy,
    Corrections,
    Finding,
    Kind,
    Masker,
    Record,
    Search,
    corrected,
    expressions_of,
    needed,
    read_review,
    require_emojis,
    require_known,
    write_page,
)

#: Beside the folder of copies, so that they are not published with it.
RECORD, PAGE = ".record.json", ".audit.html"


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the covered copies; what a folder holds keeps its place and its name below it.",
)
@click.option(
    "--with",
    "style",
    type=click.Choice(list(STYLES)),
    default="smiley",
    show_default=True,
    help="What covers a face: a drawn smiley or an emoji that shows what the face does, the face itself "
    "reduced to 8 pixels across and blurred or left so, or a dark shape.",
)
@min_face_option(default=20, what="covered")
@click.option(
    "--resume",
    is_flag=True,
    help="Go on where an earlier run was stopped: copies that are recorded and made alike are kept.",
)
@click.option("--force", is_flag=True, help="Replace copies that are there already.")
@click.option(
    "--audit",
    is_flag=True,
    help="Look at the copies again, in other ways, and write a page about what might remain, DIR.audit.html.",
)
@click.option(
    "--review",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Make copies again with the corrections in FILE (JSON): boxes to cover, covers to remove.",
)
@threads_option(default=None)
@bundle_option
@debug_option
@click.make_pass_decorator(Session, ensure=True)
def mask(
    session: Session,
    paths: tuple[Path, ...],
    out: Path,
    style: str,
    min_face: float,
    resume: bool,
    force: bool,
    audit: bool,
    review: Path | None,
    threads: int | None,
    bundle: Path | None,
) -> int:
    """Cover the faces in photos, videos and folders of photos.

    Copies are written to DIR; nothing is ever written over what is masked. They hold no metadata: no place,
    date, comment or thumbnail. Videos, which are named one by one and need the extra 'video', keep their
    sound and their frame rate. What was covered where and when is recorded in DIR.record.json.

    Masking covers more than 'detect' finds: it looks several times, and believes sooner. It still misses
    faces: look at what you publish. --audit shows where to look first; its page and the record lie
    beside DIR, since they are not to be published.

    Exit code 0: all was covered and written. 1: some photo or video could not be read. 2: wrong usage, a
    target that cannot be written, or damaged weights. 3: an audit finds that faces remain.
    """
    corrections = read_review(review) if review else {}
    jobs = plan(paths, out)
    record = Record(beside(out, RECORD))
    _check(jobs, out, record, corrections, resumed=resume or bool(review), force=force)
    if style == "emoji":
        require_emojis()
    cascade = smilecascade.load(bundle, threads=threads)
    with Progress(len(jobs), visible=True) as progress:
        masking = Masking(
            masker=Masker(
                cascade=cascade,
                style=STYLES[style],
                search=Search(min_face=min_face),
                express=expressions_of(cascade.bundle, threads),
            ),
            out=out,
            record=record,
            settings=_settings(style, min_face, cascade),
            kept=resume,
            review=corrections,
            progress=progress,
            threads=threads,
            debug=session.debug,
        )
        with _interruptible():
            masking(jobs)
    click.echo(one_line(_summary(masking.done, out)))
    remaining, unread = _audited(masking, min_face) if audit else (False, 0)
    return REMAINING if remaining else UNREAD if masking.unread + unread else OK


def _check(
    jobs: Sequence[Job],
    out: Path,
    record: Record,
    review: Mapping[str, Corrections],
    *,
    resumed: bool,
    force: bool,
) -> None:
    """Refuse what cannot be done, before anything is."""
    require_sources_safe(jobs, out)
    if not force:
        require_free(jobs, out, {job.target for job in jobs if resumed and record.of(job.target, job.source)})
    require_folder(out, "--out")
    require_known(review, [str(job.source) for job in jobs])
    for job in jobs:
        known, corrections = record.of(job.target, job.source), review.get(str(job.source))
        if known and corrections:
            corrected(known, corrections)


def _settings(style: str, min_face: float, cascade: Cascade) -> dict[str, str | float]:
    return {
        "with": style,
        "min_face": min_face,
        "bundle": cascade.bundle.digest,
        "version": smilecascade.__version__,
    }


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise click.Abort("interrupted; the same command with --resume goes on") from None


def _summary(copies: Sequence[Copy], out: Path) -> str:
    photos = [copy for copy in copies if copy.duration_s is None]
    videos = [copy for copy in copies if copy.duration_s is not None]
    faces = sum(len(needed(copy.covers)) + len(copy.tracks) for copy in copies)
    what = [_counted(len(photos), "photo")] if photos or not videos else []
    what += [_counted(len(videos), "video")] if videos else []
    return f"{_counted(faces, 'face')} covered in {' and '.join(what)}, in {out}"


def _audited(masking: Masking, min_face: float) -> tuple[bool, int]:
    """Whether faces remain, and how many copies could not be read; writes the page and says what is on it."""
    with Progress(len(masking.done), visible=True) as progress:
        auditing = Auditing(
            cascade=masking.masker.cascade,
            out=masking.out,
            min_face=min_face,
            progress=progress,
            threads=masking.threads,
        )
        findings = auditing(masking.done)
    page = beside(masking.out, PAGE)
    write_page(page, findings, len(masking.done))
    click.echo(one_line(f"{_found(findings)}: see {page}"))
    return any(finding.kind is Kind.REMAINS for finding in findings), auditing.unread


def _found(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.kind for finding in findings)
    doubtful = counts[Kind.WEAK] + counts[Kind.UNSURE] + counts[Kind.SHORT]
    return f"audit: {_counted(counts[Kind.REMAINS], 'face')} left uncovered, {doubtful} doubtful"


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
