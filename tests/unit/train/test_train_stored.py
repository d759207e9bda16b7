from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from smilecascade.errors import SpecError
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks
from smilecascade.train.stored import fingerprint, is_stored, note_inputs

MakeLabel = Callable[..., FaceLabel]

INPUTS = {"photos": "6f1c", "seed": 1, "margin": 0.1 + 0.2, "nothing": None}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Work that is stored, made from ``INPUTS``."""
    note_inputs(tmp_path / "negatives.npy", INPUTS)
    (tmp_path / "negatives.npy").write_bytes(b"work")
    return tmp_path / "negatives.npy"


def test_what_is_not_there_is_not_stored(tmp_path: Path) -> None:
    assert not is_stored(tmp_path / "negatives.npy", INPUTS)


def test_noted_inputs_store_nothing_yet(tmp_path: Path) -> None:
    note_inputs(tmp_path / "negatives.npy", INPUTS)
    assert not is_stored(tmp_path / "negatives.npy", {**INPUTS, "seed": 2})


def test_work_of_the_same_inputs_is_stored(place: Path) -> None:
    assert is_stored(place, dict(INPUTS))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"seed": 2},
            r"negatives\.npy: was made with seed 1, now it is 2; give another --work folder or delete",
        ),
        ({"photos": "0b7e"}, "was made with photos '6f1c', now it is '0b7e'"),
        ({"photos": "0b7e", "seed": 2}, "was made with photos '6f1c', now it is '0b7e'"),
        ({"margin": 0.3}, r"was made with margin 0\.30000000000000004, now it is 0\.3;"),
        ({"window": 24}, "was made with window None, now it is 24"),
    ],
)
def test_work_of_other_inputs_is_refused_and_the_first_that_differs_is_named(
    place: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        is_stored(place, {**INPUTS, **changes})
    assert place.read_bytes() == b"work"


def test_work_without_a_note_is_of_other_inputs(place: Path) -> None:
    place.with_name("negatives.npy.json").unlink()
    with pytest.raises(SpecError, match="was made with photos None, now it is '6f1c'"):
        is_stored(place, INPUTS)


def photo(*faces: FaceLabel, **changes: object) -> AnnotatedPhoto:
    return replace(AnnotatedPhoto(path=Path("data/a.jpg"), name="a.jpg", faces=faces), **changes)  # type: ignore[arg-type]


def test_the_same_photos_have_the_same_fingerprint(label: MakeLabel) -> None:
    first, again = ([photo(label(0, 0, 9, 9)), photo(name="b.jpg")] for _ in range(2))
    assert fingerprint(first) == fingerprint(iter(again))
    assert fingerprint([]) == fingerprint([])


def test_photos_may_lie_elsewhere(label: MakeLabel) -> None:
    face = label(0, 0, 9, 9)
    assert fingerprint([photo(face)]) == fingerprint([photo(face, path=Path("elsewhere/a.jpg"))])


def test_other_labels_have_another_fingerprint(label: MakeLabel) -> None:
    face = label(0, 0, 9, 9)
    others = [
        [],
        [photo()],
        [photo(face)],
        [photo(face), photo(face)],
        [photo(face, face)],
        [photo(face, name="b.jpg")],
        [photo(face, complete=False)],
        [photo(label(0, 0, 9, 9.5))],
        [photo(label(0, 0, 9, 9, role="ignore"))],
        [photo(replace(face, group="with_mask"))],
        [photo(replace(face, points=Landmarks(nose=(4, 5))))],
        [photo(replace(face, points=Landmarks(mouth=(4, 5))))],
        [photo(face), photo()],
        [photo(), photo(face)],
    ]
    assert len({fingerprint(photos) for photos in others}) == len(others)
