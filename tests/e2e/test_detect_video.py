"""``smilecascade detect VIDEO``: faces with numbers, and a copy with its sound."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smilecascade.images import read
from smilecascade.video import open_video
from videos import Pixels, make_video, sound_packets

#: The face of the astronaut in her photo, about.
FACE = (184, 61, 265, 168)


def panned(photo: Path, count: int) -> list[Pixels]:
    """The view moves from left to right over the photo, four pixels a frame: 320×240 px."""
    pixels = read(photo)
    return [pixels[20:260, 4 * number : 4 * number + 320] for number in range(count)]


def overlap(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    shared = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    common = max(0, shared[0]) * max(0, shared[1])
    return common / (sum(areas) - common)


@pytest.fixture(scope="module")
def video(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen frames over which the astronaut moves, and a tone."""
    path = tmp_path_factory.mktemp("videos") / "panned.mp4"
    return make_video(path, panned(astronaut, 16), codec="libx264", sound="aac")


def test_a_face_keeps_its_number_and_its_place(smilecascade, records, video: Path) -> None:
    done = smilecascade("detect", video, "--out", "-")
    assert (done.returncode, done.stderr) == (0, "")
    frames = records(done.stdout)
    assert [(frame["path"], frame["frame"], frame["time_s"]) for frame in frames] == [
        (str(video), number, round(0.04 * number, 6)) for number in range(16)
    ]
    for number, frame in enumerate(frames):
        (face,) = frame["faces"]
        place = tuple(np.subtract(FACE, (4 * number, 20, 4 * number, 20)))
        assert face["track"] == 1
        assert overlap(tuple(face["box"]), place) > 0.7


def test_photos_and_videos_in_one_table(smilecascade, video: Path, astronaut: Path) -> None:
    done = smilecascade("detect", astronaut, video, "--every", "5")
    _, photo, film, face, count = done.stdout.splitlines()
    assert photo.split()[:3] == [str(astronaut), "512x512", "1"]
    assert film.split() == [str(video), "4", "frames", "1"]
    assert face.split()[:7] == ["#1", "0:00.0", "to", "0:00.6", "in", "4", "frames"]
    assert count == "2 faces in 1 photo and 1 video"


def test_a_copy_with_the_face_marked_and_the_sound_as_it_was(
    smilecascade, video: Path, tmp_path: Path
) -> None:
    done = smilecascade("detect", video, "--draw", tmp_path / "drawn", "--out", tmp_path / "faces.jsonl")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (copy,) = (tmp_path / "drawn").iterdir()
    assert copy.name == "panned.mp4"
    assert sound_packets(copy) == sound_packets(video)
    with open_video(video) as before, open_video(copy) as after:
        for plain, drawn in zip(before.frames(), after.frames(), strict=True):
            assert plain.time_s == drawn.time_s
            changed = np.abs(plain.pixels().astype(int) - drawn.pixels()).max(axis=2) > 60
            rows, columns = np.nonzero(changed)
            box = (columns.min(), rows.min(), columns.max(), rows.max())
            place = tuple(np.subtract(FACE, (4 * plain.number, 20, 4 * plain.number, 20)))
            assert overlap(box, place) > 0.5


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_phone_that_was_held_otherwise(
    smilecascade, records, astronaut: Path, tmp_path: Path, turns: int
) -> None:
    stored = [np.ascontiguousarray(np.rot90(pixels, -turns)) for pixels in panned(astronaut, 4)]
    path = make_video(tmp_path / "a.mp4", stored, codec="libx264", display=(90 * turns, False, False))
    frames = records(smilecascade("detect", path, "--out", "-").stdout)
    (face,) = frames[0]["faces"]
    assert overlap(tuple(face["box"]), tuple(np.subtract(FACE, (0, 20, 0, 20)))) > 0.7


def test_a_broken_video_costs_only_itself(smilecascade, records, tmp_path: Path, astronaut: Path) -> None:
    (tmp_path / "a.mp4").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n")
    done = smilecascade("detect", tmp_path / "a.mp4", astronaut, "--out", "-", "--draw", tmp_path / "drawn")
    broken, sound = records(done.stdout)
    assert done.returncode == 1
    assert done.stderr == f"error: {tmp_path / 'a.mp4'}: {broken['error']}\n"
    assert "is not a video that can be read" in broken["error"]
    assert len(sound["faces"]) == 1
    assert [path.name for path in (tmp_path / "drawn").iterdir()] == ["astronaut.jpg"]


def test_without_the_package_the_error_says_what_to_install(
    video: Path, astronaut: Path, tmp_path: Path
) -> None:
    program = "import sys; sys.modules['av'] = None; from smilecascade.cli import main; main()"
    arguments = ["detect", video, astronaut, "--out", "-", "--draw", tmp_path / "drawn"]
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "pip install 'smilecascade[video]'" in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(done.stdout.splitlines()) == 2


def test_an_interruption_leaves_no_copy(astronaut: Path, tmp_path: Path) -> None:
    large = np.asarray(Image.open(astronaut).resize((1280, 1280)))
    path = make_video(tmp_path / "long.mp4", [large[:720]] * 60, codec="libx264", sound="aac")
    drawn = tmp_path / "drawn"
    arguments = ["detect", path, "--out", tmp_path / "faces.jsonl", "--draw", drawn, "--every", "30"]
    process = subprocess.Popen(
        [sys.executable, "-m", "smilecascade", *map(str, arguments)], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (drawn.is_dir() and any(drawn.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors.count("\n") == 1
    assert errors.startswith("error: interrupted")
    assert list(drawn.iterdir()) == []


def test_workers_look_through_videos(smilecascade, records, video: Path, astronaut: Path) -> None:
    arguments = ("detect", video, astronaut, video, "--every", "8", "--out", "-")
    alone, together = (smilecascade(*arguments, "--workers", count) for count in ("1", "2"))
    assert together.returncode == 0
    assert records(together.stdout) == records(alone.stdout)
    assert [record.get("frame") for record in records(alone.stdout)] == [0, 8, None, 0, 8]


def test_an_interrupted_file_of_frames_goes_on(smilecascade, records, video: Path, tmp_path: Path) -> None:
    out = tmp_path / "faces.jsonl"
    assert smilecascade("detect", video, "--out", out).returncode == 0
    whole = out.read_text("utf-8")
    assert smilecascade("detect", video, "--out", out, "--resume").returncode == 0
    assert out.read_text("utf-8") == whole
    assert [json.loads(line)["frame"] for line in whole.splitlines()] == list(range(16))
