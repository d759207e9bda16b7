"""How fast a video is looked through, and how often a face changes its number.

    python benchmarks/video.py DATA/caltech_webfaces_val [--draw] [--across 2] [--every 3]

The video is made of labelled photos: every ten seconds others, enlarged to 1280×720, over which the view
pans and zooms, with a sine tone as its sound. Where the labelled faces are in each frame is thus
known. Then ``smilecascade detect`` runs on it as a user would run it, from its start to its end.

A change is counted where the number of a labelled face is not the one that it had in the frame
before in which it was found, unless the view left it for more than a second meanwhile. Faces count
while they lie in the view whole, from 1.2 times the smallest wanted face up. --across: so many photos
beside each other, and as many rows of them. --pace: 1 is a calm hand, 2 a hurried one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import pi, sin
from pathlib import Path

import av
import click
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from smilecascade.datasets import READERS, open_set
from smilecascade.evaluate.report import markdown
from smilecascade.geometry.boxes import faces_of_squares, iou
from smilecascade.images import read
from smilecascade.records import AnnotatedPhoto

Floats = NDArray[np.float32]

WIDTH, HEIGHT, RATE = 1280, 720, 30
SCENE_FRAMES = 300
SOUND_RATE, SOUND_CHUNK = 44_100, 1024

#: Side in pixels of the cell that a photo gets in its scene, before it is enlarged.
CELL = (640, 480)

#: Width and height of a reported box in sides of the canonical square, and the overlap that names a face.
SHAPE = {"width": 0.87, "height": 1.15}
LEAST_IOU = 0.4


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--format", type=click.Choice(sorted(READERS)), default="webfaces", show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=60, show_default=True)
@click.option("--across", type=click.IntRange(1), default=1, show_default=True, help="Photos in a row.")
@click.option("--pace", type=float, default=1, show_default=True, help="How fast the view moves.")
@click.option("--min-face", type=float, default=40, show_default=True)
@click.option("--every", type=click.IntRange(1), default=1, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
@click.option("--draw", is_flag=True, help="Write the copy with its faces marked, too.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which photos are drawn.")
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Keep what is made in this folder; a video is made once."
)
def main(
    folder: Path,
    format: str,
    seconds: int,
    across: int,
    pace: float,
    min_face: float,
    every: int,
    threads: int,
    draw: bool,
    seed: int,
    keep: Path | None,
) -> None:
    """Make the video, look through it, and print."""
    labelled = [photo for photo in open_set(format, folder) if len(photo.squares("face"))]
    count = -(-seconds * RATE // SCENE_FRAMES)
    scenes = drawn_scenes(labelled, count, across, pace, np.random.default_rng(seed))
    with tempfile.TemporaryDirectory() as temporary:
        place = keep or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        video = place / f"panned-{format}-{seconds}-{across}-{pace:g}-{seed}.mp4"
        if not video.exists():
            make_video(video, scenes, seconds)
        options = ["--min-face", str(min_face), "--every", str(every), "--threads", str(threads)]
        if draw:
            options += ["--draw", str(place / "drawn")]
        elapsed_s = detect(video, place / "faces.jsonl", options)
        looks = [json.loads(line) for line in (place / "faces.jsonl").open(encoding="utf-8")]
    truth = (true_faces(scenes, look["frame"], 1.2 * min_face) for look in looks)
    rows = [
        ("frames a second, all in all", f"{seconds * RATE / elapsed_s:.1f}"),
        *changes(looks, truth).rows(),
    ]
    click.echo(markdown((f"{seconds} s, {across * across} photos at once, every {every}", "figure"), rows))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A picture to pan over, the squares of the labelled faces on it (N, 4), and how the view moves."""

    picture: Image.Image
    squares: Floats
    phase: float
    pace: float

    def view(self, frame: int) -> Floats:
        """The part of the picture that this frame of the scene shows, xyxy."""
        turn = 2 * pi * self.pace * frame / RATE
        largest = min(self.picture.width, self.picture.height * WIDTH / HEIGHT)
        width = largest * (0.72 + 0.2 * sin(turn / 14 + self.phase))
        size = np.array([width, width * HEIGHT / WIDTH])
        room = np.array(self.picture.size) - size
        swing = [0.5 + 0.45 * sin(turn / 11 + self.phase), 0.5 + 0.45 * sin(turn / 7)]
        corner = room * swing
        return np.concatenate([corner, corner + size])

    def frame(self, frame: int) -> NDArray[np.uint8]:
        """What it shows: RGB uint8 (HEIGHT, WIDTH, 3)."""
        box = tuple(self.view(frame).tolist())
        return np.asarray(self.picture.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, box=box))


def drawn_scenes(
    labelled: Sequence[AnnotatedPhoto], count: int, across: int, pace: float, generator: np.random.Generator
) -> list[Scene]:
    """So many scenes of different photos of the set."""
    rows = generator.permutation(len(labelled))[: count * across**2].reshape(count, across**2)
    photos = [[labelled[row] for row in of_scene] for of_scene in rows]
    return [scene(of_scene, across, 2.4 * number, pace) for number, of_scene in enumerate(photos)]


def scene(photos: Sequence[AnnotatedPhoto], across: int, phase: float, pace: float) -> Scene:
    """Photos beside and below each other, each as large as its cell allows."""
    picture = Image.new("RGB", (across * CELL[0], across * CELL[1]), "grey")
    squares = []
    for place, photo in enumerate(photos):
        image = ImageOps.contain(Image.fromarray(read(photo.path)), CELL, Image.Resampling.BICUBIC)
        room = np.array(CELL) - image.size
        corner = np.array([place % across, place // across]) * CELL + room // 2
        picture.paste(image, tuple(corner.tolist()))
        scale = image.width / Image.open(photo.path).width
        squares.append(photo.squares("face") * scale + np.tile(corner, 2))
    boxes = np.concatenate(squares).astype(np.float32)
    return Scene(picture=picture, squares=boxes, phase=phase, pace=pace)


def make_video(path: Path, scenes: Sequence[Scene], seconds: int) -> None:
    """Encode the scenes one after the other, with a tone."""
    encoder = "libx264" if "libx264" in av.codecs_available else "mpeg4"
    with av.open(str(path), "w") as output:
        film, sound = output.add_stream(encoder, rate=RATE), output.add_stream("aac", rate=SOUND_RATE)
        film.width, film.height, film.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        film.bit_rate = 4_000_000
        tones = tone(seconds)
        for number in range(seconds * RATE):
            place, frame = divmod(number, SCENE_FRAMES)
            picture = av.VideoFrame.from_ndarray(scenes[place].frame(frame), format="rgb24")
            output.mux(film.encode(picture))
            while (piece := next(tones, None)) is not None:
                output.mux(sound.encode(piece))
                if piece.pts * RATE > number * SOUND_RATE:
                    break
        output.mux(film.encode(None))
        output.mux(sound.encode(None))


def tone(seconds: int) -> Iterator[av.AudioFrame]:
    """A sine of 440 Hz, piece by piece."""
    for start in range(0, seconds * SOUND_RATE, SOUND_CHUNK):
        wave = 0.2 * np.sin(2 * pi * 440 * np.arange(start, start + SOUND_CHUNK) / SOUND_RATE)
        piece = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), format="fltp", layout="mono")
        piece.sample_rate, piece.pts, piece.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
        yield piece


def detect(video: Path, out: Path, options: Sequence[str]) -> float:
    """Run the command; seconds from its start to its end."""
    command = [sys.executable, "-m", "smilecascade", "detect", str(video), "--out", str(out), *options]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - started


def true_faces(scenes: Sequence[Scene], number: int, least: float) -> dict[tuple[int, int], Floats]:
    """The box (4,) of each labelled face in this frame of the video, by scene and place in it."""
    place, frame = divmod(number, SCENE_FRAMES)
    view = scenes[place].view(frame)
    scale = WIDTH / (view[2] - view[0])
    squares = ((scenes[place].squares - np.tile(view[:2], 2)) * scale).astype(np.float32)
    inside = (squares[:, :2] >= 0).all(axis=1) & (squares[:, 2:] <= (WIDTH, HEIGHT)).all(axis=1)
    wanted = np.flatnonzero(inside & (squares[:, 2] - squares[:, 0] >= least))
    boxes = faces_of_squares(squares, **SHAPE)
    return {(place, int(index)): boxes[index] for index in wanted}


@dataclass
class Changes:
    """What became of the labelled faces: frames in view, frames followed, changes of number, by face."""

    in_view: dict[tuple[int, int], int] = field(default_factory=dict)
    followed: dict[tuple[int, int], int] = field(default_factory=dict)
    changed: dict[tuple[int, int], int] = field(default_factory=dict)
    last: dict[tuple[int, int], int] = field(default_factory=dict)
    last_in_view: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, frame: int, faces: dict[tuple[int, int], Floats], found: Sequence[dict]) -> None:
        """Count a look; each face goes with the found one that overlaps it most."""
        boxes = np.array([face["box"] for face in found], np.float32).reshape(-1, 4)
        for name, box in faces.items():
            if frame - self.last_in_view.get(name, frame) > RATE:
                self.last.pop(name, None)
            self.last_in_view[name] = frame
            self.in_view[name] = self.in_view.get(name, 0) + 1
            overlaps = iou(box[None], boxes)[0]
            if len(boxes) and overlaps.max() >= LEAST_IOU:
                number = found[int(overlaps.argmax())]["track"]
                self.followed[name] = self.followed.get(name, 0) + 1
                self.changed[name] = self.changed.get(name, 0) + (self.last.get(name, number) != number)
                self.last[name] = number

    def rows(self) -> Iterator[tuple[str, str]]:
        """What to print; no faces in view give their number alone."""
        looks, followed = sum(self.in_view.values()), sum(self.followed.values())
        yield "labelled faces", str(len(self.in_view))
        if not followed:
            return
        yield "of their frames in view, followed", f"{followed / looks:.3f}"
        yield "changes of number", str(sum(self.changed.values()))
        yield "most of one face", str(max(self.changed.values(), default=0))
        yield "changes a face in 300 frames", f"{300 * sum(self.changed.values()) / followed:.3f}"


def changes(looks: Sequence[dict], truth: Iterator[dict[tuple[int, int], Floats]]) -> Changes:
    """Of all looks; only faces with a number are found."""
    counted = Changes()
    for look, faces in zip(looks, truth, strict=True):
        counted.add(look["frame"], faces, [face for face in look["faces"] if face.get("track") is not None])
    return counted


if __name__ == "__main__":
    main()
