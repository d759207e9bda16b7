"""Copies looked at again, and the page about it."""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from painted import BLUE, GREEN, RED, PaintedCascade, painted
from smilecascade.images import read_bytes, save
from smilecascade.mask import STYLES, Auditor, Copy, Cover, Finding, Kind, write_page, write_photo
from smilecascade.mipmaps import Pixels

LEFT, MIDDLE, RIGHT = (10, 30, 36, 64), (64, 30, 90, 64), (120, 30, 146, 64)


def copy_of(folder: Path, image: Pixels, *covers: Cover) -> Copy:
    """A photo on disk and its covered copy in ``folder/out``."""
    (folder / "out").mkdir()
    save(image, folder / "a.png")
    write_photo(image, covers, STYLES["smiley"], folder / "out" / "a.png")
    height, width = image.shape[:2]
    source = str(folder / "a.png")
    return Copy(
        source=source,
        target="a.png",
        width=width,
        height=height,
        settings={"with": "smiley"},
        covers=covers,
    )


def audit(folder: Path, copy: Copy) -> list[Finding]:
    return Auditor(cascade=PaintedCascade(), folder=folder / "out", min_face=20).photo(copy)


def test_what_is_uncovered_is_found(tmp_path: Path) -> None:
    image = painted((RED, LEFT), (GREEN, MIDDLE), (BLUE, RIGHT))
    remains, weak, weaker = audit(tmp_path, copy_of(tmp_path, image))
    assert [f.kind for f in (remains, weak, weaker)] == [Kind.REMAINS, Kind.WEAK, Kind.WEAK]
    assert [f.score for f in (remains, weak, weaker)] == [0.99, 0.85, 0.6]
    assert remains.places[0]["box"] == pytest.approx(LEFT, abs=1)
    assert remains.source == str(tmp_path / "a.png")


def test_what_is_covered_or_wanted_to_be_seen_is_not(tmp_path: Path) -> None:
    image = painted((RED, LEFT), (GREEN, MIDDLE))
    copy = copy_of(tmp_path, image, Cover(box=LEFT, score=0.99))
    assert [finding.kind for finding in audit(tmp_path, copy)] == [Kind.WEAK]
    assert audit(tmp_path, replace(copy, shown=(Cover(box=MIDDLE),))) == []


def test_a_cover_beside_the_face_does_not_count(tmp_path: Path) -> None:
    cover = Cover(box=(LEFT[2], LEFT[1], LEFT[2] + 26, LEFT[3]), score=0.99)
    (remains,) = audit(tmp_path, copy_of(tmp_path, painted((RED, LEFT)), cover))
    assert remains.kind is Kind.REMAINS


def test_an_unsure_cover_is_shown_as_it_was_before(tmp_path: Path) -> None:
    image = painted((GREEN, MIDDLE))
    copy = copy_of(tmp_path, image, Cover(box=MIDDLE, score=0.85), Cover(box=LEFT))
    (unsure,) = audit(tmp_path, copy)
    assert (unsure.kind, unsure.removals) == (Kind.UNSURE, ({"box": list(MIDDLE)},))
    picture = read_bytes(unsure.picture, "picture")
    assert picture.shape == (160, 160, 3)
    assert np.abs(picture[80, 80].astype(int) - GREEN).max() < 30
    (tmp_path / "a.png").unlink()
    (unsure,) = audit(tmp_path, copy)
    assert np.abs(read_bytes(unsure.picture, "picture")[80, 80].astype(int) - GREEN).max() > 90


def finding(kind: Kind, source: str = "a.jpg", score: float = 0.9, **more) -> Finding:
    return Finding(kind=kind, source=source, score=score, where="", picture=b"\xff\xd8jpeg", **more)


def test_the_page_holds_everything_and_asks_nobody(tmp_path: Path) -> None:
    findings = [
        finding(Kind.WEAK, score=0.7, places=({"box": [1, 2, 3, 4], "roll": 0},)),
        finding(Kind.REMAINS, source="<b>\"a\" & 'b'.jpg", places=({"box": [5, 6, 7, 8], "roll": 0},)),
        replace(finding(Kind.SHORT, removals=({"track": 3},)), where="1.00 to 1.10 s", picture=b""),
    ]
    write_page(tmp_path / "page.html", findings, 12)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert (
        "Copies looked at: 12; what remains: 1, weak sightings: 1, covered on suspicion: 0, short tracks: 1."
        in page
    )
    assert (
        page.index("<h2>What remains (1)")
        < page.index("<h2>Weak sightings (1)")
        < page.index("<h2>Short tracks")
    )
    assert page.count("data:image/jpeg;base64,") == 2
    assert "1.00 to 1.10 s" in page
    assert "<b>" not in page
    assert not re.search(r"https?://|src=(?!\"data:)", page)
    changes = [json.loads(unescape(text)) for text in re.findall(r'data-change="(.*?)"', page)]
    assert [(change["key"], change["items"]) for change in changes] == [
        *(("add", [{"box": [5, 6, 7, 8], "roll": 0}]), ("leave", [{"box": [5, 6, 7, 8], "roll": 0}])),
        *(("add", [{"box": [1, 2, 3, 4], "roll": 0}]), ("leave", [{"box": [1, 2, 3, 4], "roll": 0}])),
        ("remove", [{"track": 3}]),
    ]
    assert changes[0]["source"] == "<b>\"a\" & 'b'.jpg"


def test_a_page_about_nothing(tmp_path: Path) -> None:
    write_page(tmp_path / "page.html", [], 3)
    assert "Copies looked at: 3; what remains: 0," in (tmp_path / "page.html").read_text("utf-8")


def test_of_very_many_findings_the_surest_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from smilecascade.mask import page

    monkeypatch.setattr(page, "MOST", 2)
    write_page(tmp_path / "page.html", [finding(Kind.WEAK, score=score) for score in (0.5, 0.8, 0.7)], 1)
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "Weak sightings (3)" in text
    assert "The 2 surest of them are shown." in text
    assert re.findall(r"score (\S+?)<", text) == ["0.80", "0.70"]
