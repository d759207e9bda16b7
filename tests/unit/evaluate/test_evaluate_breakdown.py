from pathlib import Path

import numpy as np
import pytest

from smilecascade.evaluate.breakdown import ALARMS, ALL, COLOUR, GREY, Share, breakdown, least_score_at, tint
from smilecascade.evaluate.measure import Found, performance
from smilecascade.evaluate.report import breakdown_table
from smilecascade.records import AnnotatedPhoto, FaceLabel, OriginalLabel

BOX = OriginalLabel(kind="box", values=(0, 0, 1, 1))


def label(x: float, side: float, group: str = "") -> FaceLabel:
    return FaceLabel(square=(x, 0, x + side, side), original=BOX, group=group)


def photo(name: str, *faces: FaceLabel) -> AnnotatedPhoto:
    return AnnotatedPhoto(path=Path(name), name=name, faces=faces)


def found(*faces: tuple[FaceLabel, float]) -> Found:
    return Found(
        boxes=np.array([face.square for face, _ in faces], np.float32).reshape(-1, 4),
        scores=np.array([score for _, score in faces], np.float32),
    )


def shares(
    photos: list[AnnotatedPhoto], detections: list[Found], tints: tuple[str, ...] = ()
) -> dict[tuple[str, float], Share]:
    whole = performance("one", photos, detections, min_face=20)
    return {
        (share.group, share.least if share.most < np.inf or share.least > 20 else 0): share
        for share in breakdown(
            photos, detections, min_face=20, least_score=least_score_at(ALARMS, whole), tints=tints
        )
    }


@pytest.fixture
def photos() -> list[AnnotatedPhoto]:
    """Two small faces with a mask, of which one is found; two large ones without, both found."""
    return [
        photo("a", label(0, 30, "mask"), label(200, 100, "bare")),
        photo("b", label(0, 30, "mask"), label(200, 100, "bare"), label(500, 10, "mask")),
    ]


def test_recall_is_told_by_group_and_size(photos: list[AnnotatedPhoto]) -> None:
    first, second = photos
    hits = [found((first.faces[0], 0.9), (first.faces[1], 0.8)), found((second.faces[1], 0.7))]
    told = shares(photos, hits)
    assert (told[ALL, 0].faces, told[ALL, 0].recall) == (4, 0.75)
    assert (told["mask", 20].faces, told["mask", 20].recall) == (2, 0.5)
    assert (told["bare", 80].faces, told["bare", 80].recall) == (2, 1.0)
    assert told["bare", 20].faces == 0
    assert np.isnan(told["bare", 20].recall)


def test_only_detections_above_the_threshold_count(photos: list[AnnotatedPhoto]) -> None:
    """Four false alarms in two photos lie above the second hit: it comes too late."""
    first, _ = photos
    alarms = [(label(1000 + 200 * k, 60), 0.6) for k in range(4)]
    told = shares(photos, [found((first.faces[0], 0.9), (first.faces[1], 0.5), *alarms), found()])
    assert told[ALL, 0].recall == 0.25


def test_a_set_without_groups_has_one_line(photos: list[AnnotatedPhoto]) -> None:
    plain = [photo("a", label(0, 30))]
    table = breakdown_table(breakdown(plain, [found()], min_face=20, least_score=0.5))
    title, _, *lines = table.splitlines()
    assert [cell.strip() for cell in title.split("|")[1:-1]] == [
        "faces",
        "20 to 40 px",
        "40 to 80 px",
        "from 80 px",
        "from 20 px",
    ]
    (line,) = lines
    assert [cell.strip() for cell in line.split("|")[1:-1]] == [
        "all",
        "0.000 of 1",
        "– of 0",
        "– of 0",
        "0.000 of 1",
    ]


def test_grey_and_colour_photos_are_told_apart_where_there_are_both(photos: list[AnnotatedPhoto]) -> None:
    first, second = photos
    hits = [found((first.faces[0], 0.9), (first.faces[1], 0.8)), found((second.faces[1], 0.7))]
    told = shares(photos, hits, (GREY, COLOUR))
    assert (told[GREY, 0].faces, told[GREY, 0].recall) == (2, 1.0)
    assert (told[COLOUR, 0].faces, told[COLOUR, 0].recall) == (2, 0.5)
    assert {group for group, _ in shares(photos, hits, (GREY, GREY))} == {ALL, "mask", "bare"}


def test_a_photo_is_grey_even_if_it_was_compressed_with_colours() -> None:
    noise = np.random.default_rng(0).integers(0, 250, (60, 80, 1), dtype=np.uint8)
    grey = np.repeat(noise, 3, axis=2)
    assert tint(grey) == GREY
    assert tint(grey + np.array([0, 5, 0], np.uint8)) == GREY
    assert tint(np.zeros((0, 5, 3), np.uint8)) == GREY


def test_a_photo_with_a_coloured_spot_is_in_colour() -> None:
    image = np.full((60, 80, 3), 100, np.uint8)
    image[20:40, 20:40, 0] = 200
    assert tint(image) == COLOUR
