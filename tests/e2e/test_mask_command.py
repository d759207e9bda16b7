"""``smilecascade mask``, with the real weights; and what docs/masking.md says of it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from smilecascade.geometry.boxes import iou
from smilecascade.images import read
from smilecascade.video import open_video
from videos import Pixels, make_video, sound_packets

#: The face of the astronaut in her photo, about.
FACE = (184, 61, 265, 168)


def changed(before: Pixels, after: Pixels) -> np.ndarray:
    return np.abs(before.astype(int) - after).max(axis=2) > 40


def test_a_face_is_covered_whole_and_little_else(smilecascade, astronaut: Path, tmp_path: Path) -> None:
    done = smilecascade("mask", astronaut, "--out", tmp_path / "out", "--with", "solid")
    assert (done.returncode, done.stderr) == (0, "")
    copy = read(tmp_path / "out" / "astronaut.jpg")
    covered = changed(read(astronaut), copy)
    x1, y1, x2, y2 = FACE
    assert covered[y1:y2, x1:x2].mean() > 0.85  # some of her hair is as dark as the cover
    covered[y1 - 40 : y2 + 40, x1 - 40 : x2 + 40] = False
    assert covered.sum() == 0


def test_what_was_covered_is_not_found_any_more(
    smilecascade, records, examples: Path, tmp_path: Path
) -> None:
    photos = [examples / "astronaut.jpg", examples / "admiral.jpg"]
    for style in ("blur", "pixels", "solid"):
        assert smilecascade("mask", *photos, "--out", tmp_path / style, "--with", style).returncode == 0
        found = records(smilecascade("detect", tmp_path / style, "--out", "-").stdout)
        truth = [
            record["faces"][0]["box"]
            for record in records(smilecascade("detect", *photos, "--out", "-").stdout)
        ]
        for box, record in zip(truth, sorted(found, key=lambda r: r["path"], reverse=True), strict=True):
            boxes = np.array([face["box"] for face in record["faces"]], np.float32).reshape(-1, 4)
            assert iou(np.array([box], np.float32), boxes).max(initial=0) < 0.3


def test_a_smiling_face_becomes_a_smiling_smiley(smilecascade, astronaut: Path, tmp_path: Path) -> None:
    assert smilecascade("mask", astronaut, "--out", tmp_path / "out").returncode == 0
    (copy,) = json.loads((tmp_path / "out.record.json").read_text("utf-8"))["copies"]
    (cover,) = copy["covers"]
    assert max(cover["expression"], key=cover["expression"].get) == "happiness"
    x, y = (FACE[0] + FACE[2]) // 2, FACE[1] + 5
    assert np.abs(read(tmp_path / "out" / "astronaut.jpg")[y, x].astype(int) - (255, 215, 70)).max() < 60


def test_a_lying_face_is_covered(smilecascade, astronaut: Path, tmp_path: Path) -> None:
    from smilecascade.images import save

    lying = np.ascontiguousarray(np.rot90(read(astronaut)))
    save(lying, tmp_path / "a.png")
    assert (
        smilecascade("mask", tmp_path / "a.png", "--out", tmp_path / "out", "--with", "solid").returncode == 0
    )
    x1, y1, x2, y2 = FACE
    covered = changed(lying, read(tmp_path / "out" / "a.png"))
    assert covered[512 - x2 : 512 - x1, y1:y2].mean() > 0.85


def panned(photo: Path, count: int) -> list[Pixels]:
    """The view moves from left to right over the photo, four pixels a frame: 320×240 px."""
    pixels = read(photo)
    return [pixels[20:260, 4 * number : 4 * number + 320] for number in range(count)]


@pytest.fixture(scope="module")
def video(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("videos") / "clip.mp4"
    return make_video(
        path, panned(astronaut, 16), codec="libx264", sound="aac", metadata={"comment": "Secret"}
    )


def test_a_video_is_covered_in_every_frame(smilecascade, video: Path, tmp_path: Path) -> None:
    done = smilecascade("mask", video, "--out", tmp_path / "out", "--with", "solid", "--audit")
    assert (done.returncode, done.stderr) == (0, "")
    copy = tmp_path / "out" / "clip.mp4"
    assert sound_packets(copy) == sound_packets(video)
    assert b"Secret" not in copy.read_bytes()
    with open_video(video) as before, open_video(copy) as after:
        assert before.rate == after.rate
        for plain, masked in zip(before.frames(), after.frames(), strict=True):
            assert plain.time_s == masked.time_s
            x1, y1, x2, y2 = np.subtract(FACE, (4 * plain.number, 20, 4 * plain.number, 20))
            assert changed(plain.pixels(), masked.pixels())[y1:y2, x1:x2].mean() > 0.85


def test_photos_need_no_extra(astronaut: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['av'] = sys.modules['torch'] = None; "
        "from smilecascade.cli import main; main()"
    )
    (tmp_path / "clip.mp4").write_bytes(b"")
    command = [
        sys.executable,
        "-c",
        program,
        "mask",
        astronaut,
        tmp_path / "clip.mp4",
        "--out",
        tmp_path / "out",
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, f"1 face covered in 1 photo, in {tmp_path / 'out'}\n")
    assert "pip install 'smilecascade[video]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_the_page_about_masking_says(
    smilecascade, root: Path, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (root / "docs" / "masking.md").read_text("utf-8")
    shutil.copytree(root / "examples", tmp_path / "photos", ignore=shutil.ignore_patterns("*.md"))
    shutil.copy(video, tmp_path / "photos" / "clip.mp4")
    (review,) = re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "review.json").write_text(review, "utf-8")
    monkeypatch.chdir(tmp_path)
    # The review corrects a copy of the video that the command before it has made.
    commands = re.findall(r"^smilecascade (mask .*)$", page, re.MULTILINE)
    commands.insert(-1, "mask photos/clip.mp4 --out public --resume")
    assert len(commands) == 5
    for command in commands:
        done = smilecascade(*command.split())
        assert (done.returncode, done.stderr) == (0, ""), command
        shown = re.search(
            rf"^smilecascade {re.escape(command)}\n```\n\n```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL
        )
        assert shown is None or done.stdout == shown[1]
    assert (tmp_path / "public.audit.html").is_file()
    copies = {
        c["target"]: c for c in json.loads((tmp_path / "public.record.json").read_text("utf-8"))["copies"]
    }
    assert copies["astronaut.jpg"].keys() == {
        *("source", "target", "width", "height", "duration_s", "settings"),
        *("covers", "shown", "tracks", "shown_tracks"),
    }
    assert [cover["score"] for cover in copies["astronaut.jpg"]["covers"]] == [None]
    assert len(copies["clip.mp4"]["tracks"]) == 1
