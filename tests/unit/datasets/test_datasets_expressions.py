from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smilecascade.datasets.expressions import (
    Votes,
    read_celeba,
    read_eyestate,
    read_ferplus,
    read_genki,
)
from smilecascade.errors import DatasetError

FACES = "emotion,pixels,Usage"
VOTES = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def ferplus(root: Path, faces: list[str], votes: list[str], groups: str = "") -> Path:
    (root / "fer2013.csv").write_text("\n".join([FACES, *faces]) + "\n")
    (root / "fer2013new.csv").write_text("\n".join([VOTES, *votes]) + "\n")
    if groups:
        (root / "duplicates.csv").write_text(groups)
    return root


def face(grey: int, usage: str = "Training", count: int = 48 * 48) -> str:
    return f"3,{' '.join([str(grey)] * count)},{usage}"


def pictures(root: Path, table: str, *colours: tuple[int, int, int]) -> Path:
    (root / "rows.csv").write_text(table)
    (root / "images").mkdir()
    for index, colour in enumerate(colours):
        Image.new("RGB", (64, 48), colour).save(root / "images" / f"{index:06d}.png")
    return root


def test_faces_of_ferplus_come_with_their_votes_and_splits(tmp_path: Path) -> None:
    faces = [face(7), face(8, "PublicTest"), face(7, "PrivateTest")]
    votes = [
        f"{usage},fer{n}.png,1,8,0,0,0,0,0,0,1,0" for n, usage in enumerate(("Training", "PublicTest", ""))
    ]
    tiles = list(read_ferplus(ferplus(tmp_path, faces, votes, "index,group\n0,0\n1,1\n2,0\n")))
    assert [tile.split for tile in tiles] == ["train", "validation", "test"]
    assert [tile.group for tile in tiles] == [0, 1, 0]
    assert tiles[1].pixels.shape == (48, 48, 3)
    assert (tiles[1].pixels == 8).all()
    assert tiles[0].votes == Votes(1, 8, 0, 0, 0, 0, 0, 0, 1, 0)
    assert tiles[0].basic == 3


def test_without_a_table_of_duplicates_no_group_is_known(tmp_path: Path) -> None:
    (tile,) = read_ferplus(ferplus(tmp_path, [face(1)], ["Training,a.png,9,0,0,0,0,0,0,0,1,0"]))
    assert tile.group is None


@pytest.mark.parametrize(
    ("faces", "votes", "message"),
    [
        ([face(1, count=5)], ["Training,a,9,0,0,0,0,0,0,0,0,0"], r"fer2013\.csv:2: expected 2304 numbers"),
        ([face(300)], ["Training,a,9,0,0,0,0,0,0,0,0,0"], r"from 0 to 255"),
        ([face(1, "Test")], ["Training,a,9,0,0,0,0,0,0,0,0,0"], r"Training, PublicTest.*'Test'"),
        ([face(1)], ["Training,a,9,0,0,-1,0,0,0,0,0,0"], r"count of votes in column 'sadness', got '-1'"),
        ([face(1)], [], r"fer2013\.csv:2: .*no such row in fer2013new\.csv"),
        ([], ["Training,a,9,0,0,0,0,0,0,0,0,0"], r"fer2013new\.csv:2: .*no such row in fer2013\.csv"),
    ],
)
def test_what_is_broken_in_ferplus_is_named(
    tmp_path: Path, faces: list[str], votes: list[str], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        list(read_ferplus(ferplus(tmp_path, faces, votes)))


@pytest.mark.parametrize(
    ("votes", "top", "majority"),
    [
        (Votes(9, 0, 0, 0, 0, 0, 0, 1), 0, 0),
        (Votes(4, 0, 0, 4, 2, 0, 0, 0), 0, None),
        (Votes(1, 5, 1, 1, 1, 1, 0, 0), 1, 1),  # lone votes are dropped: five of five
        (Votes(0, 3, 0, 0, 0, 0, 0, 0, unknown=7), None, None),
        (Votes(0, 4, 0, 0, 0, 0, 0, 0, unknown=3, no_face=3), 1, None),
        (Votes(1, 1, 1, 1, 1, 1, 1, 1, 1, 1), None, None),
    ],
)
def test_the_majority_is_more_than_half_of_what_is_no_lone_vote(
    votes: Votes, top: int | None, majority: int | None
) -> None:
    assert (votes.top, votes.majority) == (top, majority)


def test_shares_are_of_the_votes_for_expressions_alone() -> None:
    assert Votes(6, 2, 1, 0, 0, 0, 0, 0, unknown=9).shares == (0.75, 0.25, 0, 0, 0, 0, 0, 0)
    assert Votes(1, 1, 0, 0, 0, 0, 0, 0, unknown=8).shares is None


def test_people_of_celeba_who_are_held_out_are_for_testing(tmp_path: Path) -> None:
    table = "index,Smiling,Mouth_Slightly_Open,Narrow_Eyes,Eyeglasses,identity,heldout\n"
    table += "0,1,0,0,1,17,1\n1,0,1,0,0,18,0\n"
    held, other = read_celeba(pictures(tmp_path, table, (9, 8, 7), (1, 2, 3)))
    assert (held.split, held.smile, held.mouth_open, held.person) == ("test", True, False, 17)
    assert (other.split, other.smile, other.mouth_open) == ("train", False, True)
    assert (held.closed, other.closed) == (None, False)
    assert np.array_equal(held.pixels[0, 0], [9, 8, 7])


def test_genki_is_for_testing_alone(tmp_path: Path) -> None:
    (tile,) = read_genki(pictures(tmp_path, "index,name,smile,fold\n0,a.jpg,1,0\n", (5, 5, 5)))
    assert (tile.split, tile.smile, tile.votes) == ("test", True, None)


def test_every_fifth_eye_is_for_validation(tmp_path: Path) -> None:
    table = "index,closed\n" + "".join(f"{n},{n % 2}\n" for n in range(6))
    tiles = list(read_eyestate(pictures(tmp_path, table, *[(1, 1, 1)] * 6)))
    assert [tile.split for tile in tiles] == ["validation", *["train"] * 4, "validation"]
    assert [tile.closed for tile in tiles] == [False, True] * 3


def test_a_picture_that_is_missing_is_named(tmp_path: Path) -> None:
    root = pictures(tmp_path, "index,smile\n0,1\n")
    with pytest.raises(DatasetError, match=r"rows\.csv:2: expected a picture of the set, got .*000000\.png"):
        list(read_genki(root))


def test_an_answer_that_is_neither_yes_nor_no_is_named(tmp_path: Path) -> None:
    root = pictures(tmp_path, "index,smile\n0,maybe\n", (1, 1, 1))
    with pytest.raises(DatasetError, match="expected 0 or 1 in column 'smile', got 'maybe'"):
        list(read_genki(root))
