from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smilecascade.records import AnnotatedPhoto, FaceLabel
from smilecascade.train import sets
from smilecascade.train.finetune.mixed import OWN, mixed

Label = Callable[..., FaceLabel]


def photos(name: str, count: int, *faces: FaceLabel) -> list[AnnotatedPhoto]:
    return [AnnotatedPhoto(path=Path(f"{name}{k}"), name=f"{name}{k}", faces=faces) for k in range(count)]


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, label: Label) -> Path:
    """A folder of data with a hundred photos of two faces, and fifty without any."""

    def training(data: Path) -> Iterator[tuple[str, AnnotatedPhoto]]:
        return (("people", photo) for photo in photos("people", 100, label(0, 0, 9, 9), label(9, 9, 18, 18)))

    monkeypatch.setattr(sets, "training_photos", training)
    monkeypatch.setattr(sets, "background_photos", lambda data: (photos("empty", 50), []))
    return Path("data")


def test_alone_there_are_only_own_photos(label: Label) -> None:
    own = photos("own", 3, label(0, 0, 9, 9))
    assert mixed(own, None, 1) == [(OWN, photo) for photo in own]
    assert mixed([], None, 1) == []


def test_as_many_faces_are_mixed_in_as_there_are_own_ones(project: Path, label: Label) -> None:
    own = photos("own", 10, label(0, 0, 9, 9), label(0, 0, 8, 8, role="ignore"))
    found = mixed(own, project, 1)
    assert Counter(name for name, _ in found) == {OWN: 10, "people": 5, sets.BACKGROUNDS: 10}
    assert [photo for name, photo in found if name == OWN] == own


def test_the_seed_chooses_them(project: Path, label: Label) -> None:
    own = photos("own", 10, label(0, 0, 9, 9))
    assert mixed(own, project, 1) == mixed(own, project, 1)
    assert mixed(own, project, 1) != mixed(own, project, 2)


def test_no_more_are_mixed_in_than_there_are(project: Path, label: Label) -> None:
    own = photos("own", 300, label(0, 0, 9, 9))
    assert Counter(name for name, _ in mixed(own, project, 1)) == {
        OWN: 300,
        "people": 100,
        sets.BACKGROUNDS: 50,
    }
