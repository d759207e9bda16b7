import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto, Face, FaceLabel
from smilecascade.train.opinions import gathered, with_doubts

MakeLabel = Callable[..., FaceLabel]
MakePhoto = Callable[..., AnnotatedPhoto]

FLAT = np.zeros((60, 90, 3), np.uint8)


def opinion(image: Pixels) -> list[Face]:
    """Sees a face in the left upper corner, as large as the photo is high."""
    side = float(image.shape[0])
    return [Face(box=(0, 0, side, side), score=0.4)]


def never(image: Pixels) -> list[Face]:
    raise AssertionError("the opinion is known already")


def test_an_opinion_is_asked_of_every_photo(make_photo: MakePhoto, tmp_path: Path) -> None:
    photos = [make_photo(FLAT, name="a.png"), make_photo(FLAT[:30], name="b.png")]
    seen = gathered(photos, opinion, tmp_path / "opinions.json", tmp_path)
    assert seen == {"a.png": [[0, 0, 60, 60]], "b.png": [[0, 0, 30, 30]]}
    assert json.loads((tmp_path / "opinions.json").read_text("utf-8")) == seen


def test_an_opinion_is_asked_once(make_photo: MakePhoto, tmp_path: Path) -> None:
    photos = [make_photo(FLAT)]
    first = gathered(photos, opinion, tmp_path / "opinions.json", tmp_path)
    assert gathered(photos, never, tmp_path / "opinions.json", tmp_path) == first


def test_a_question_cut_off_is_asked_again(make_photo: MakePhoto, tmp_path: Path) -> None:
    def interrupted(image: Pixels) -> list[Face]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gathered([make_photo(FLAT)], interrupted, tmp_path / "opinions.json", tmp_path)
    assert len(gathered([make_photo(FLAT)], opinion, tmp_path / "opinions.json", tmp_path)) == 1


def test_photos_that_give_no_negatives_are_not_asked_about(make_photo: MakePhoto, tmp_path: Path) -> None:
    assert gathered([make_photo(FLAT, complete=False)], never, tmp_path / "opinions.json", tmp_path) == {}


def test_of_a_photo_that_cannot_be_read_nothing_is_seen(tmp_path: Path) -> None:
    photo = AnnotatedPhoto(path=tmp_path / "missing.jpg", name="missing.jpg")
    assert gathered([photo], never, tmp_path / "opinions.json", tmp_path) == {"missing.jpg": []}


def test_what_no_label_covers_is_doubtful(label: MakeLabel, make_photo: MakePhoto) -> None:
    photo = make_photo(FLAT, label(0, 0, 30, 30))
    (found,) = with_doubts([photo], {"a.png": [(1, 0, 30, 30), (50, 10, 66, 35)]}, photo.path.parent)
    labelled, doubt = found.faces
    assert labelled is photo.faces[0]
    assert doubt.role == "doubtful"
    assert doubt.square == (48, 12.5, 68, 32.5)  # the same centre, side √(16·25)
    assert len(photo.faces) == 1


@pytest.mark.parametrize("role", ["face", "ignore", "unlabelled", "doubtful"])
def test_labels_of_any_role_cover(label: MakeLabel, make_photo: MakePhoto, role: str) -> None:
    photo = make_photo(FLAT, label(0, 0, 30, 30, role=role))
    (found,) = with_doubts([photo], {"a.png": [(0, 0, 30, 30)]}, photo.path.parent)
    assert found == photo


@pytest.mark.parametrize(("x", "doubts"), [(16.0, 0), (17.0, 1)])  # IoU 14/46 and 13/47
def test_a_small_overlap_does_not_cover(
    label: MakeLabel, make_photo: MakePhoto, x: float, doubts: int
) -> None:
    photo = make_photo(FLAT, label(0, 0, 30, 30))
    (found,) = with_doubts([photo], {"a.png": [(x, 0, x + 30, 30)]}, photo.path.parent)
    assert len(found.faces) == 1 + doubts


def test_without_labels_all_that_is_seen_is_doubtful(make_photo: MakePhoto) -> None:
    photo = make_photo(FLAT)
    (found,) = with_doubts([photo], {"a.png": [(0, 0, 30, 30), (40, 0, 60, 20)]}, photo.path.parent)
    assert [face.role for face in found.faces] == ["doubtful", "doubtful"]


def test_photos_that_nobody_saw_stay_as_they_are(label: MakeLabel, make_photo: MakePhoto) -> None:
    photo = make_photo(FLAT, label(0, 0, 30, 30))
    assert list(with_doubts([photo], {}, photo.path.parent)) == [photo]
    assert list(with_doubts([], {}, photo.path.parent)) == []


def test_an_opinion_holds_wherever_the_data_lie(tmp_path: Path) -> None:
    photo = AnnotatedPhoto(path=tmp_path / "before" / "set" / "a.png", name="a.png")
    seen = gathered([photo], never, tmp_path / "work" / "opinions.json", tmp_path / "before")
    assert seen == {"set/a.png": []}
    moved = replace(photo, path=tmp_path / "after" / "set" / "a.png")
    (found,) = with_doubts([moved], {"set/a.png": [(0, 0, 30, 30)]}, tmp_path / "after")
    assert [face.role for face in found.faces] == ["doubtful"]
