"""The picture of all steps: panels in rows, windows in yellow, true faces in white, words below."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from smilecascade.detect.level import Stage, Step
from smilecascade.draw import draw_stages
from smilecascade.draw.paint import INK, YELLOW
from smilecascade.draw.stages import PANEL_HEIGHT, ROW_WIDTH, caption, total
from smilecascade.geometry.boxes import Box
from smilecascade.records import Candidates

STEPS: tuple[Step, ...] = ("classified", "calibrated", "filtered")
NO_FACES = np.zeros((0, 4), np.float32)
BLUE, DARK_BLUE = (0, 0, 255), (0, 0, 153)


def _photo(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), BLUE, np.uint8)


def _stage(level: int, step: Step, *boxes: Box, entered: int = 0, elapsed_s: float = 0.0) -> Stage:
    count = len(boxes)
    candidates = Candidates(
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        scores=np.ones(count, np.float32),
        scales=np.zeros(count, np.int32),
    )
    return Stage(level=level, step=step, entered=entered, candidates=candidates, elapsed_s=elapsed_s)


def _trace(*boxes: Box, levels: int = 1, entered: int = 0) -> list[Stage]:
    """Every step leaves these windows."""
    within = [
        _stage(level, step, *boxes, entered=entered) for level in range(1, levels + 1) for step in STEPS
    ]
    return [*within, _stage(0, "reported", *boxes, entered=entered)]


def _with_aligner(*boxes: Box, points: np.ndarray | None = None) -> list[Stage]:
    """The same, and at the end they are aligned."""
    aligned = _stage(0, "aligned", *boxes)
    candidates = replace(aligned.candidates, points=points)
    return [*_trace(*boxes), replace(aligned, candidates=candidates)]


def _places(picture: np.ndarray) -> list[list[tuple[slice, slice]]]:
    """The rows and columns of each panel of a blue photo, row by row."""
    blue = (picture == DARK_BLUE).all(axis=2)
    found = [
        [(rows, columns) for columns in _runs(blue[rows].any(axis=0))] for rows in _runs(blue.any(axis=1))
    ]
    return [[(_within(rows, blue[rows, columns]), columns) for rows, columns in row] for row in found]


def _within(rows: slice, blue: np.ndarray) -> slice:
    """The rows of one panel, of those of a row of panels."""
    own = np.flatnonzero(blue.any(axis=1))
    return slice(rows.start + int(own[0]), rows.start + int(own[-1]) + 1)


def _panels(picture: np.ndarray) -> list[list[np.ndarray]]:
    """The panels of a blue photo, row by row."""
    return [[picture[place] for place in row] for row in _places(picture)]


def _runs(mask: np.ndarray) -> Iterator[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return (slice(start, stop) for start, stop in edges.reshape(-1, 2).tolist())


def _extent(panel: np.ndarray, colour: str) -> Sequence[float]:
    """The box around all yellow or white of a panel, in units of the panel."""
    red, _, blue = np.moveaxis(panel.astype(int), 2, 0)
    rows, columns = np.nonzero((red > 60) & ((blue > 240) if colour == "white" else (blue < 140)))
    height, width = panel.shape[:2]
    return columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height


def _is_white(picture: np.ndarray) -> np.ndarray:
    return (picture == 255).all(axis=2)


@pytest.mark.parametrize("levels", [1, 3])
def test_every_level_is_a_row_of_its_steps_and_the_end_is_large(levels: int) -> None:
    *rows, (last,) = _panels(draw_stages(_photo(100, 150), _trace(levels=levels), NO_FACES))
    assert [len(row) for row in rows] == [3] * levels
    assert {panel.shape for row in rows for panel in row} == {(320, 480, 3)}
    assert last.shape == (648, 972, 3)


@pytest.mark.parametrize("shape", [(100, 150), (600, 100), (600, 30)])
def test_what_comes_before_the_alignment_stands_beside_it(shape: tuple[int, int]) -> None:
    steps, (reported, aligned) = _places(draw_stages(_photo(*shape), _with_aligner(), NO_FACES))
    tops, lefts = zip(*((rows.start, columns.start) for rows, columns in (reported, aligned)), strict=True)
    assert tops[0] == tops[1]
    assert list(lefts) == [columns.start for _, columns in steps[:2]], "in the columns of the other steps"
    heights = [rows.stop - rows.start for rows, _ in (reported, aligned)]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.02)


def _legend(picture: np.ndarray) -> int:
    """The row where the legend's dark tile begins, below all other words."""
    dark = (picture == INK).all(axis=2)
    return int(np.flatnonzero(dark[:, 20:40].all(axis=1))[0])


@pytest.mark.parametrize("trace", [_trace(), _with_aligner()])
def test_a_panorama_is_summed_up_below_its_last_step(trace: list[Stage]) -> None:
    picture = draw_stages(_photo(30, 300), trace, NO_FACES)
    ((last, _),) = _places(picture)[-1]
    assert _legend(picture) > last.stop


@pytest.mark.parametrize("trace", [_trace(), _with_aligner()])
def test_others_are_summed_up_beside_it(trace: list[Stage]) -> None:
    picture = draw_stages(_photo(100, 150), trace, NO_FACES)
    *before, (last, columns) = _places(picture)[-1]
    assert max((rows.stop for rows, _ in before), default=last.start) < _legend(picture) < last.stop
    assert columns.stop == picture.shape[1] - 20


def test_a_panorama_has_a_row_for_each_step() -> None:
    rows = _panels(draw_stages(_photo(30, 300), _trace(), NO_FACES))
    assert [[panel.shape[:2] for panel in row] for row in rows] == [[(146, ROW_WIDTH)]] * 4


def test_a_tall_photo_is_no_higher_than_its_panel_may_be() -> None:
    first, last = _panels(draw_stages(_photo(600, 100), _trace(), NO_FACES))
    assert [panel.shape[:2] for panel in first] == [(PANEL_HEIGHT, 100)] * 3
    assert last[0].shape[:2] == (2 * PANEL_HEIGHT, 200)


def test_words_longer_than_a_narrow_photo_have_their_room() -> None:
    pictures = [draw_stages(_photo(600, 30), _trace(entered=count), NO_FACES) for count in (1, 10**9)]
    short, long = (picture.shape[1] for picture in pictures)
    assert short < long
    assert (pictures[1][:, -20:] == pictures[1][0, 0]).all(), "nothing is written on the margin"


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (7, 5)])
def test_photos_of_any_shape(shape: tuple[int, int]) -> None:
    rows = _panels(draw_stages(_photo(*shape), _trace(), NO_FACES))
    assert sum(map(len, rows)) == 4


def test_windows_are_yellow_where_they_are() -> None:
    (first, *_), (last,) = _panels(draw_stages(_photo(100, 200), _trace((40, 20, 100, 80)), NO_FACES))
    for panel in (first, last):
        assert _extent(panel, "yellow") == pytest.approx((0.2, 0.2, 0.5, 0.8), abs=0.01)
        middle = panel[panel.shape[0] // 2, panel.shape[1] // 3]
        assert tuple(middle) == DARK_BLUE, "a window is an outline"


def test_points_are_marked_where_they_were_named() -> None:
    points = np.zeros((1, 5, 2), np.float32)
    points[0] = [(50, 30), (90, 30), (70, 50), (55, 70), (85, 70)]
    box = (40.0, 20.0, 100.0, 80.0)
    *_, (before, after) = _panels(draw_stages(_photo(100, 200), _with_aligner(box, points=points), NO_FACES))
    for x, y in points[0].tolist():
        assert tuple(after[round(y / 100 * len(after)), round(x / 100 * len(after))]) == YELLOW
        assert tuple(before[round(y / 100 * len(before)), round(x / 100 * len(before))]) == DARK_BLUE


def test_each_panel_shows_its_own_step() -> None:
    trace = [_stage(1, "classified", (0, 0, 50, 50)), _stage(1, "filtered"), _stage(0, "reported")]
    (first, second), _ = _panels(draw_stages(_photo(100, 100), trace, NO_FACES))
    assert (first != DARK_BLUE).any()
    assert (second == DARK_BLUE).all()


def test_lines_add_up_where_windows_gather() -> None:
    window = (40, 20, 100, 80)
    once, twice = (
        _panels(draw_stages(_photo(100, 200), _trace(*boxes), NO_FACES))[0][0]
        for boxes in ([window], [window, window])
    )
    assert twice[..., 0].max() > once[..., 0].max() > 100


def test_the_smallest_window_of_a_large_photo_is_seen() -> None:
    (first, *_), _ = _panels(draw_stages(_photo(1000, 2000), _trace((1000, 500, 1001, 501)), NO_FACES))
    assert _extent(first, "yellow") == pytest.approx((0.5, 0.5, 0.5, 0.5), abs=0.01)


@pytest.mark.parametrize(
    "box", [(-50, -40, 50, 40), (60, 30, 400, 300), (-1e7, -1e7, 1e7, 1e7), (30, 30, 30.1, 30.1)]
)
def test_a_window_beyond_the_photo_is_cut(box: Box) -> None:
    plain = draw_stages(_photo(100, 200), _trace(), NO_FACES)
    picture = draw_stages(_photo(100, 200), _trace(box), NO_FACES)
    assert picture.shape == plain.shape
    assert (picture[:20] == plain[:20]).all()


def test_true_faces_are_white_in_every_panel_and_in_the_legend() -> None:
    face = np.array([(20, 10, 60, 50)], np.float32)
    picture = draw_stages(_photo(100, 200), _trace((20, 10, 60, 50)), face)
    panels = [panel for row in _panels(picture) for panel in row]
    for panel in panels:
        assert _extent(panel, "white") == pytest.approx((0.1, 0.1, 0.3, 0.5), abs=0.02)
    assert _is_white(picture).sum() > sum(_is_white(panel).sum() for panel in panels)


def test_without_true_faces_nothing_is_white() -> None:
    assert not _is_white(draw_stages(_photo(100, 200), _trace((20, 10, 60, 50)), NO_FACES)).any()


def test_the_arguments_stay_as_they_are() -> None:
    photo, faces = _photo(40, 60), np.array([(1, 2, 9, 9)], np.float32)
    for array in (photo, faces):
        array.flags.writeable = False
    draw_stages(photo, _trace((1, 2, 9, 9)), faces)
    assert (photo == BLUE).all()


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
def test_a_photo_of_zero_area_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"image: expected at least one pixel, got shape \("):
        draw_stages(_photo(*shape), _trace(), NO_FACES)


def test_a_trace_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="trace: expected at least one step, got none"):
        draw_stages(_photo(4, 4), [], NO_FACES)


def test_wrong_images_are_refused() -> None:
    with pytest.raises(TypeError, match="Expected uint8"):
        draw_stages(np.zeros((2, 2, 3)), _trace(), NO_FACES)  # type: ignore[arg-type]


BOX = (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (
            _stage(1, "classified", BOX, BOX, entered=12345, elapsed_s=1.23456),
            ("level 1: classified", "2 of 12,345 windows", "1,234.6 ms"),
        ),
        (_stage(2, "calibrated", BOX, entered=1), ("level 2: calibrated", "1 window", "0.00 ms")),
        (
            _stage(3, "filtered", entered=1, elapsed_s=0.000123),
            ("level 3: filtered", "0 of 1 window", "0.12 ms"),
        ),
        (
            _stage(0, "reported", BOX, entered=3, elapsed_s=0.001),
            ("filtered over everything", "1 of 3 windows", "1.0 ms"),
        ),
        (_stage(0, "aligned", BOX, BOX, entered=2, elapsed_s=0.0025), ("aligned", "2 windows", "2.5 ms")),
    ],
)
def test_a_caption_says_what_a_step_did(stage: Stage, words: tuple[str, str, str]) -> None:
    assert caption(stage) == words


def test_the_total_goes_from_all_windows_to_those_left_and_adds_the_times() -> None:
    trace = [
        _stage(1, "classified", BOX, BOX, entered=2759, elapsed_s=0.004),
        _stage(1, "filtered", BOX, BOX, entered=2, elapsed_s=0.0005),
        _stage(0, "reported", BOX, entered=2, elapsed_s=0.001),
    ]
    assert total(trace) == ("altogether", "1 of 2,759 windows", "5.5 ms")
