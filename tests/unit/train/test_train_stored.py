from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from smilecascade.errors import SpecError
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks
from smilecascade.train.stored import INDEX, fingerprint, is_stored, note_inputs, noted

MakeLabel = Callable[..., FaceLabel]

INPUTS = {"photos": "6f1c", "seed": 1, "margin": 0.1 + 0.2, "nothing": None}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Work that is stored, made from ``INPUTS``."""
    (tmp_path / "negatives").mkdir()
    note_inputs(tmp_path / "negatives", INPUTS, count=3)
    return tmp_path / "negatives"


def test_a_folder_without_an_index_holds_no_work(tmp_path: Path) -> None:
    (tmp_path / "00000.npy").write_bytes(b"work")
    assert not is_stored(tmp_path, INPUTS)
    assert not is_stored(tmp_path / "nowhere", INPUTS)


def test_work_of_the_same_inputs_is_stored(work: Path) -> None:
    assert is_stored(work, dict(INPUTS))


def test_inputs_and_facts_are_noted(work: Path) -> None:
    assert noted(work) == {"inputs": INPUTS, "count": 3}
    assert [path.name for path in work.iterdir()] == [INDEX]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"seed": 2},
            "negatives: was made with seed 1, now it is 2; give another --work folder or delete this folder",
        ),
        ({"photos": "0b7e"}, "was made with photos '6f1c', now it is '0b7e'"),
        ({"photos": "0b7e", "seed": 2}, "was made with photos '6f1c', now it is '0b7e'"),
        ({"margin": 0.3}, r"was made with margin 0\.30000000000000004, now it is 0\.3;"),
        ({"window": 24}, "was made with window None, now it is 24"),
    ],
)
def test_work_of_other_inputs_is_refused_and_the_first_that_differs_is_named(
    work: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        is_stored(work, {**INPUTS, **changes})


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"inputs": 3}'])
def test_a_damaged_index_is_told(work: Path, text: str) -> None:
    (work / INDEX).write_text(text)
    with pytest.raises(
        SpecError, match=r"index\.json: is damaged; delete the folder .*negatives, and it is made"
    ):
        is_stored(work, INPUTS)


def test_an_index_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"index\.json: cannot be read \(No such file.*; delete the folder"):
        noted(tmp_path)


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
