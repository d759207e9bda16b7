"""The article's picture: a panel for every step of the cascade, with the windows left after it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from smilecascade.detect.cascade import Stage
from smilecascade.draw.paint import INK, WHITE, YELLOW, Colour, Floats, mark, stamp
from smilecascade.geometry.boxes import FloatArray, sides
from smilecascade.images import check_rgb
from smilecascade.mipmaps import Pixels

#: Panels in a row: the three steps of a level. Photos more than ``WIDE`` times as wide as high
#: have a row for each step, or little would be seen of them.
COLUMNS = 3
WIDE = 2.5

#: Pixels: width of a row, and the largest height of a panel. The last panel, which shows what
#: is found, may be twice as wide and high as the others.
ROW_WIDTH = 1464
PANEL_HEIGHT = 600

_GAP, _MARGIN = 12, 20
_PAPER: Colour = (250, 248, 242)
_FAINT: Colour = (110, 104, 90)

#: Height of letters, pixels.
_SMALL, _LARGE = 15, 40

#: How dark the photo is made, so that lines stand out.
_LIGHT = 0.6

#: Lines are laid on a grid this much finer than the pixels, which smooths them.
_FINE = 2


class _Lines(NamedTuple):
    """Widths of the outlines, in cells of that grid, and the opacity of a window's."""

    window: int
    face: int
    opacity: float


#: The first level leaves so many windows that each is drawn faintly: where they gather, their
#: lines add up. The later ones leave few, and the end one a face, on a panel twice as large.
_MANY = _Lines(window=2, face=4, opacity=0.55)
_FEW = _Lines(window=3, face=4, opacity=0.75)
_FOUND = _Lines(window=4, face=8, opacity=0.9)

#: Radius of a point in sides of its window.
_POINT_PER_WINDOW = 0.018

#: The steps that belong to no level, in words.
_OF_NO_LEVEL = {"reported": "filtered over everything", "aligned": "aligned"}

#: The steps that move windows, and lose none.
_MOVES = ("calibrated", "aligned")


class Caption(NamedTuple):
    """A step in words: which it was, the windows that it left, the time it took."""

    step: str
    windows: str
    time: str


def draw_stages(image: Pixels, trace: Sequence[Stage], faces: FloatArray) -> Pixels:
    """Panels of every step in ``trace`` on RGB uint8 (H, W, 3), a row for each level: RGB uint8.

    Each shows in yellow the windows that its step leaves, with their points where it names them,
    and says how many came in, how many are left and how long it took; the last is large, and
    beside it is what else belongs to no level, and the steps summed up.
    faces: (N, 4) true boxes, drawn in white; N = 0 draws none. Raises ValueError for a photo of
    zero area and for a trace without steps.
    """
    if check_rgb(image).size == 0:
        raise ValueError(f"image: expected at least one pixel, got shape {image.shape}")
    if not trace:
        raise ValueError("trace: expected at least one step, got none")
    photo = Image.fromarray(image)
    columns = 1 if photo.width > WIDE * photo.height else COLUMNS
    width = (ROW_WIDTH + _GAP) // columns - _GAP
    *steps, last = trace
    small = (width, PANEL_HEIGHT)
    panels = [_panel(photo, stage, faces, small, _MANY if stage.level == 1 else _FEW) for stage in steps]
    cells = _captioned(panels, steps)
    large = (min(2 * width + _GAP, ROW_WIDTH), 2 * PANEL_HEIGHT)
    (found,) = _captioned([_panel(photo, last, faces, large, _FOUND)], [last])
    summary = _summary(trace, cells[0].width if cells else width, with_faces=len(faces) > 0)
    if columns > 1:
        of_levels = sum(stage.level > 0 for stage in steps)
        beside = _joined([*cells[of_levels:], summary], down=True)
        sheet = _joined([*_rows(cells[:of_levels], columns), _joined([beside, found])], down=True)
    else:
        sheet = _joined([*cells, found, summary], down=True)
    return np.asarray(ImageOps.expand(sheet, _MARGIN, _PAPER))


def caption(stage: Stage) -> Caption:
    """What happened in a step."""
    left = len(stage.candidates)
    return Caption(
        step=_OF_NO_LEVEL.get(stage.step, f"level {stage.level}: {stage.step}"),
        windows=_windows(left) if stage.step in _MOVES else f"{left:,} of {_windows(stage.entered)}",
        time=_milliseconds(stage.elapsed_s),
    )


def total(trace: Sequence[Stage]) -> Caption:
    """What happened in all steps together; there is at least one."""
    return Caption(
        step="altogether",
        windows=f"{len(trace[-1].candidates):,} of {_windows(trace[0].entered)}",
        time=_milliseconds(sum(stage.elapsed_s for stage in trace)),
    )


def _windows(count: int) -> str:
    return f"{count:,} window{'' if count == 1 else 's'}"


def _milliseconds(elapsed_s: float) -> str:
    elapsed_ms = 1000 * elapsed_s
    return f"{elapsed_ms:,.1f} ms" if elapsed_ms >= 1 else f"{elapsed_ms:.2f} ms"


def _panel(
    photo: Image.Image, stage: Stage, faces: FloatArray, bounds: tuple[int, int], lines: _Lines
) -> Image.Image:
    """The photo, darkened and as large as fits, with the true faces and a step's windows on it."""
    scale = min(bounds[0] / photo.width, bounds[1] / photo.height)
    size = max(1, round(scale * photo.width)), max(1, round(scale * photo.height))
    canvas = (np.asarray(photo.resize(size, Image.Resampling.BICUBIC)) * _LIGHT).astype(np.uint8)
    stamp(canvas, _outlines(faces * scale, size, lines.face, 1), 0, 0, WHITE)
    windows = stage.candidates.boxes * scale
    stamp(canvas, _outlines(windows, size, lines.window, lines.opacity), 0, 0, YELLOW)
    if stage.candidates.points is not None:
        _mark_points(canvas, stage.candidates.points * scale, sides(windows))
    return Image.fromarray(canvas)


def _mark_points(canvas: Pixels, points: FloatArray, side: FloatArray) -> None:
    """Points (N, 5, 2) of windows with these sides (N,), larger in large ones."""
    radius = np.maximum(1, _POINT_PER_WINDOW * side)
    for five, size in zip(points.tolist(), radius.tolist(), strict=True):
        for x, y in five:
            mark(canvas, (x, y), size, YELLOW)


def _outlines(boxes: FloatArray, size: tuple[int, int], line: int, opacity: float) -> Floats:
    """How much the outlines of (N, 4) boxes cover of each pixel, (height, width) in 0..1."""
    width, height = size
    clear = np.ones((height * _FINE, width * _FINE), np.float32)
    limits = [width * _FINE, height * _FINE] * 2
    for x1, y1, x2, y2 in np.clip(_edges(np.rint(boxes * _FINE), line), 0, limits).astype(int).tolist():
        clear[y1:y2, x1:x2] *= 1 - opacity
    coverage: Floats = 1 - clear.reshape(height, _FINE, width, _FINE).mean(axis=(1, 3))
    return coverage


def _edges(boxes: FloatArray, line: int) -> FloatArray:
    """The four edges of each of (N, 4) boxes, (4·N, 4), which share no place; a box is two lines at least."""
    x1, y1, x2, y2 = boxes.T
    x2, y2 = np.maximum(x2, x1 + 2 * line), np.maximum(y2, y1 + 2 * line)
    edges: FloatArray = np.array(
        [
            (x1, y1, x2, y1 + line),
            (x1, y2 - line, x2, y2),
            (x1, y1 + line, x1 + line, y2 - line),
            (x2 - line, y1 + line, x2, y2 - line),
        ]
    )
    return edges.transpose(2, 0, 1).reshape(-1, 4)


def _captioned(panels: Sequence[Image.Image], stages: Sequence[Stage]) -> list[Image.Image]:
    """Each panel with what happened below it, all as wide as the widest panel and caption."""
    words = [caption(stage) for stage in stages]
    texts = [(step, f"{windows} · {time}") for step, windows, time in words]
    lengths = [_font(_SMALL).getlength("     ".join(text)) for text in texts]
    width = max(0, *(panel.width for panel in panels), *map(ceil, lengths)) if panels else 0
    return [_cell(panel, *text, width) for panel, text in zip(panels, texts, strict=True)]


def _cell(panel: Image.Image, left: str, right: str, width: int) -> Image.Image:
    cell = Image.new("RGB", (width, panel.height + 2 * _SMALL), _PAPER)
    cell.paste(panel)
    _write(cell, left, (0, panel.height + 1.3 * _SMALL))
    _write(cell, right, (width, panel.height + 1.3 * _SMALL), colour=_FAINT, anchor="rs")
    return cell


def _summary(trace: Sequence[Stage], width: int, *, with_faces: bool) -> Image.Image:
    """What was found, of how many windows, in which time; and what the colours mean.

    As wide as the steps' panels, so that those in a row with it stay in their columns: its words
    are shorter than a step's.
    """
    found, whole = len(trace[-1].candidates), total(trace)
    summary = Image.new("RGB", (width, 5 * _LARGE), _PAPER)
    _write(summary, f"{found:,} face{'' if found == 1 else 's'}", (0, 1.3 * _LARGE), height=_LARGE)
    _write(summary, f"{whole.windows} · {whole.time}", (0, 2 * _LARGE), colour=_FAINT)
    legend = [(YELLOW, "windows, brightest where they gather"), (WHITE, "true faces")]
    for row, (colour, words) in enumerate(legend if with_faces else legend[:1]):
        top = round(2.5 * _LARGE) + 2 * _SMALL * row
        summary.paste(_swatch(colour), (0, top))
        _write(summary, words, (2 * _SMALL, top + _SMALL))
    return summary


def _swatch(colour: Colour) -> Image.Image:
    """A small dark tile with an outline in this colour."""
    outline = ImageOps.expand(Image.new("RGB", (8, 8), INK), 2, colour)
    return ImageOps.expand(outline, 4, INK)


def _write(
    image: Image.Image,
    text: str,
    place: tuple[float, float],
    *,
    height: int = _SMALL,
    colour: Colour = INK,
    anchor: str = "ls",
) -> None:
    ImageDraw.Draw(image).text(place, text, fill=colour, font=_font(height), anchor=anchor)


def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(height)


def _rows(images: Sequence[Image.Image], columns: int) -> list[Image.Image]:
    """The images in rows of so many."""
    return [_joined(images[first : first + columns]) for first in range(0, len(images), columns)]


def _joined(images: Sequence[Image.Image], *, down: bool = False) -> Image.Image:
    """At least one image, side by side or one below the other."""
    widths, heights = zip(*(image.size for image in images), strict=True)
    gaps = _GAP * (len(images) - 1)
    size = (max(widths), sum(heights) + gaps) if down else (sum(widths) + gaps, max(heights))
    sheet, place = Image.new("RGB", size, _PAPER), 0
    for image in images:
        sheet.paste(image, (0, place) if down else (place, 0))
        place += (image.height if down else image.width) + _GAP
    return sheet
