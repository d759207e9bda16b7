"""Whatever is written in a format of others is read back, but for what that format has no place for."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecascade.interchange import coco
from smilecascade.interchange.formats import FORMATS, Setting, read
from smilecascade.interchange.regions import MarkedPhoto, Region

#: Hundredths of a pixel and millionths of a score, as detections are written.
coordinates = st.integers(-50_000, 50_000).map(lambda n: n / 100)
sides = st.integers(1, 50_000).map(lambda n: n / 100)
scores = st.integers(0, 10**6).map(lambda n: n / 10**6)
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8).filter(
    lambda word: not set(word) & set("/\\") and word.strip(".")
)
names = st.lists(words, min_size=1, max_size=3).map(lambda parts: f"{'/'.join(parts)}.jpg")
regions = st.builds(
    lambda x, y, w, h, score, group, ignored: Region(
        box=(x, y, x + w, y + h), score=score, group=group, ignored=ignored
    ),
    *(coordinates, coordinates, sides, sides, scores),
    st.sampled_from(["face", "face with mask"]),
    st.booleans(),
)
photos = st.lists(
    st.builds(
        lambda name, size, faces: MarkedPhoto(name=name, size=size, regions=tuple(faces)),
        *(names, st.tuples(st.integers(1, 9999), st.integers(1, 9999)), st.lists(regions, max_size=4)),
    ),
    max_size=4,
    unique_by=lambda photo: photo.name.casefold(),
)


def as_detected(face: Region) -> Region:
    return replace(face, group="", ignored=False)


def as_labelled(face: Region) -> Region:
    return replace(face, score=None)


def as_in_wider(face: Region) -> Region:
    return replace(face, score=None, group="")


def as_in_fddb(face: Region) -> Region:
    return Region(box=face.box)


def _rounded(photo: MarkedPhoto, kept: Callable[[Region], Region], *, sized: bool) -> MarkedPhoto:
    """A photo with what a format keeps of it, in hundredths of a pixel."""
    faces = [
        replace(kept(face), box=tuple(round(value, 2) + 0.0 for value in face.box), ellipse=None)
        for face in photo.regions
    ]
    return replace(photo, regions=tuple(faces), size=photo.size if sized else None)


@pytest.mark.parametrize(
    ("format", "kept", "sized"),
    [
        ("detections", as_detected, True),
        ("coco", as_labelled, True),
        ("coco-results", as_detected, True),
        ("fddb", as_in_fddb, False),
        ("fddb-results", as_detected, False),
        ("voc", as_labelled, True),
        ("wider", as_in_wider, False),
        ("wider-results", as_detected, False),
    ],
)
@given(drawn=photos)
def test_what_is_written_is_read(
    format: str, kept: Callable[[Region], Region], sized: bool, drawn: list[MarkedPhoto]
) -> None:
    with TemporaryDirectory() as folder:
        out, ids = Path(folder) / "out", Path(folder) / "ids.json"
        if FORMATS[format].is_folder:
            out.mkdir()
            drawn = [*drawn, MarkedPhoto(name="an empty folder is refused.jpg")]
        coco.write_labels([replace(photo, regions=()) for photo in drawn], ids)
        FORMATS[format].write(drawn, out, Setting(ids=ids))
        found = read(out, format, Setting(ids=ids))
    assert (found.unread, found.empty) == (0, 0)
    expected = [_rounded(photo, kept, sized=sized) for photo in drawn]
    given_back = [_rounded(photo, lambda face: face, sized=True) for photo in found.photos]
    assert sorted(given_back, key=_name) == sorted(expected, key=_name)


def _name(photo: MarkedPhoto) -> str:
    return photo.name
