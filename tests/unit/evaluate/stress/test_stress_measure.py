import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from discs import Sharp

from smilecascade.evaluate.stress.families import FAMILIES
from smilecascade.evaluate.stress.measure import Entrant, Step, measured, styles
from smilecascade.evaluate.stress.report import draw, table, write_csv
from smilecascade.records import AnnotatedPhoto

#: Darkness until nothing is seen, and a cut: short ones.
DARKNESS = replace(next(f for f in FAMILIES if f.name == "darkness"), steps=(0, 1, 6))
CUT = replace(next(f for f in FAMILIES if f.name == "cut by the border"), steps=(0, 0.4))


@pytest.fixture
def photos(photo, image: np.ndarray) -> list[tuple[AnnotatedPhoto, np.ndarray]]:
    """Four photos of one face each, and one without."""
    made = [(photo(name=name), image) for name in "abcd"]
    return [*made, (AnnotatedPhoto(path=Path("e"), name="e"), image)]


def steps_of(entrants, photos, families=(DARKNESS, CUT), seed: int = 1) -> list[Step]:
    told = styles(entrants, photos, min_face=20)
    return measured(entrants, told, photos, min_face=20, seed=seed, families=families)


def test_what_is_found_is_told_step_by_step(photos) -> None:
    steps = steps_of([Entrant(detector=Sharp(), at_its_threshold=True)], photos)
    told = [(one.family, one.step, one.faces, one.recall, one.false_alarms) for one in steps]
    assert told[:3] == [
        ("darkness", 0, 4, 1.0, 0.0),
        ("darkness", 1, 4, 1.0, 0.0),
        ("darkness", 6, 4, 0.0, 0.0),
    ]
    assert [one.kept for one in steps[:3]] == [1, 1, 0]


def test_a_half_seen_face_is_found_if_it_overlaps_enough(photos) -> None:
    *_, uncut, cut = steps_of([Entrant(detector=Sharp(), at_its_threshold=True)], photos)
    assert (uncut.step, uncut.recall, cut.step, cut.recall) == (0, 1, 0.4, 1)


def test_false_alarms_are_counted_a_photo(photos) -> None:
    entrant = Entrant(detector=Sharp(elsewhere=0.3), at_its_threshold=True)
    assert [one.false_alarms for one in steps_of([entrant], photos, [DARKNESS])] == [1, 1, 1]


def test_boxes_are_judged_after_the_fit_of_the_plain_photos(photos) -> None:
    class Large(Sharp):
        def detect(self, image: np.ndarray, min_face: float):
            faces = super().detect(image, min_face)
            return [replace(face, box=grown(face.box)) for face in faces]

    def grown(box):
        x1, y1, x2, y2 = box
        return (x1 - 0.3 * (x2 - x1), y1 - 0.3 * (y2 - y1), x2 + 0.3 * (x2 - x1), y2 + 0.3 * (y2 - y1))

    entrant = Entrant(detector=Large(), at_its_threshold=True)
    assert steps_of([entrant], photos, [DARKNESS])[0].recall == 1


def test_other_detectors_count_from_where_they_have_no_more_false_alarms(photos) -> None:
    """The first has none, so that of the second only what is surer than its own false alarms counts."""
    first = Entrant(detector=Sharp("first"), at_its_threshold=True)
    sure, unsure = (Entrant(detector=Sharp("second", elsewhere=score)) for score in (0.4, 1.0))
    told = styles([first, sure], photos, min_face=20)
    assert told["first"].least_score == 0
    assert told["second"].least_score == pytest.approx(0.4, abs=1e-6)
    second = steps_of([first, sure], photos, [DARKNESS])[1]
    assert (second.detector, second.recall, second.false_alarms) == ("second", 1, 0)
    assert steps_of([first, unsure], photos, [DARKNESS])[1].recall == 0


def test_a_detector_is_measured_in_its_families_alone(photos) -> None:
    entrants = [
        Entrant(detector=Sharp(), at_its_threshold=True),
        Entrant(detector=Sharp("other"), families=frozenset({CUT.name})),
    ]
    steps = steps_of(entrants, photos)
    assert {one.family for one in steps if one.detector == "other"} == {CUT.name}


def test_cases_come_from_the_seed_and_the_photo_alone(photos) -> None:
    noise = replace(next(f for f in FAMILIES if f.name == "noise"), steps=(0, 100))
    seen: list[float] = []

    class Watching(Sharp):
        def detect(self, image: np.ndarray, min_face: float):
            seen.append(float(image.mean()))
            return super().detect(image, min_face)

    def means(seed: int, chosen) -> list[float]:
        entrants = [Entrant(detector=Watching())]
        told = styles(entrants, chosen, min_face=20)
        seen.clear()
        measured(entrants, told, chosen, min_face=20, seed=seed, families=[noise])
        return list(seen)

    assert means(1, photos) == means(1, photos)
    assert means(1, photos)[2:4] == means(1, photos[1:])[:2]
    assert means(1, photos) != means(2, photos)


def test_without_any_face_figures_do_not_exist(photos) -> None:
    steps = steps_of([Entrant(detector=Sharp())], photos[-1:])
    assert all(one.faces == 0 and np.isnan([one.recall, one.kept, one.false_alarms]).all() for one in steps)
    assert "–" in table(steps)


def test_a_table_has_a_line_a_step_and_a_dash_where_nothing_was_measured(photos) -> None:
    entrants = [
        Entrant(detector=Sharp(), at_its_threshold=True),
        Entrant(detector=Sharp("other"), families=frozenset({CUT.name})),
    ]
    title, _, *lines = table(steps_of(entrants, photos)).splitlines()
    assert [cell.strip() for cell in title.split("|")[2:-1]] == ["step", "faces", "sharp", "other"]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert cells[0] == ["darkness", "0", "4", "1.000 1.000 0.00", "–"]
    assert cells[-1] == ["cut by the border", "0.4", "4", "1.000 1.000 0.00", "1.000 1.000 0.00"]


def test_files_hold_the_same(photos, tmp_path: Path) -> None:
    steps = steps_of([Entrant(detector=Sharp(), at_its_threshold=True)], photos)
    write_csv(tmp_path / "stress.csv", steps)
    with (tmp_path / "stress.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["family"], float(row["step"]), float(row["recall"])) for row in rows] == [
        (one.family, one.step, one.recall) for one in steps
    ]
    draw(tmp_path / "stress.svg", steps, [DARKNESS, CUT])
    picture = (tmp_path / "stress.svg").read_text("utf-8")
    assert all(text in picture for text in ("darkness", "stops of light less", "sharp", "found"))
