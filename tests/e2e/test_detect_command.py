"""``smilecascade detect`` on what users really have: good photos among broken ones."""

import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from smilecascade.bundle import SHIPPED
from smilecascade.images import read


def _truncated_jpeg(folder: Path, photo: Path) -> Path:
    data = photo.read_bytes()
    (folder / "truncated.jpg").write_bytes(data[: len(data) // 2])
    return folder / "truncated.jpg"


def _text_named_jpg(folder: Path, _: Path) -> Path:
    (folder / "notes.jpg").write_text("Dear diary,\n")
    return folder / "notes.jpg"


def _empty_file(folder: Path, _: Path) -> Path:
    (folder / "empty.jpg").touch()
    return folder / "empty.jpg"


def _missing_path(folder: Path, _: Path) -> Path:
    return folder / "missing.jpg"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _huge_png(folder: Path, _: Path) -> Path:
    """A sound picture of 20000x20000 pixels of one bit, 50 kB."""
    side = 20_000
    rows = zlib.compress(bytes(side * (1 + side // 8)), 1)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    (folder / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    return folder / "huge.png"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_truncated_jpeg, "is truncated"),
        (_text_named_jpg, "is not a photo"),
        (_empty_file, "is empty"),
        (_missing_path, "there is no such file"),
        (_huge_png, "20000x20000"),
    ],
)
def test_a_broken_photo_costs_only_itself(
    smilecascade, records, tmp_path: Path, astronaut: Path, make: Callable[[Path, Path], Path], words: str
) -> None:
    odd = make(tmp_path, astronaut)
    done = smilecascade("detect", odd, astronaut, "--out", "-")
    broken, sound = records(done.stdout)
    assert done.returncode == 1
    assert done.stderr == f"error: {odd}: {broken['error']}\n"
    assert words in broken["error"]
    assert ";" in broken["error"], "it says what to do"
    assert (sound["path"], len(sound["faces"])) == (str(astronaut), 1)


def test_a_photo_of_one_pixel_has_no_face(smilecascade, records, tmp_path: Path, astronaut: Path) -> None:
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    done = smilecascade("detect", tmp_path / "dot.png", astronaut, "--out", "-")
    dot, sound = records(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert dot == {"path": str(tmp_path / "dot.png"), "width": 1, "height": 1, "faces": []}
    assert len(sound["faces"]) == 1


def test_a_folder_without_photos_is_a_warning(smilecascade, records, tmp_path: Path, astronaut: Path) -> None:
    (tmp_path / "notes.txt").write_text("no photo")
    done = smilecascade("detect", tmp_path, astronaut, "--out", "-")
    assert done.returncode == 0
    assert done.stderr.startswith(f"warning: {tmp_path}: no photos in this folder")
    assert done.stderr.count("\n") == 1
    assert len(records(done.stdout)) == 1


@pytest.mark.parametrize("option", ["--draw", "--out"])
def test_an_unwritable_target_stops_before_any_work(
    smilecascade, tmp_path: Path, astronaut: Path, option: str
) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "faces.json"
    done = smilecascade("detect", astronaut, option, target)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {target}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["manifest.json", "level1.onnx", "level2.onnx", "level3.onnx", "align.onnx"])
def test_a_bundle_with_one_byte_changed_is_refused(
    smilecascade, tmp_path: Path, astronaut: Path, name: str
) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(SHIPPED, bundle)
    data = bytearray((bundle / name).read_bytes())
    data[len(data) // 2] ^= 1
    (bundle / name).write_bytes(data)
    done = smilecascade("detect", astronaut, "--bundle", bundle)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {bundle / name}: ")
    assert done.stderr.endswith("install or fetch the bundle again\n")
    assert done.stderr.count("\n") == 1


def test_a_bundle_that_is_sound_is_taken(smilecascade, records, tmp_path: Path, astronaut: Path) -> None:
    bundle = shutil.copytree(SHIPPED, tmp_path / "bundle")
    with_bundle = smilecascade("detect", astronaut, "--out", "-", "--bundle", bundle)
    without = smilecascade("detect", astronaut, "--out", "-")
    assert with_bundle.returncode == 0
    assert records(with_bundle.stdout) == records(without.stdout)


def test_every_way_out_tells_the_same(smilecascade, records, tmp_path: Path, astronaut: Path) -> None:
    lines = smilecascade("detect", astronaut, "--out", "-").stdout
    written = smilecascade(
        "detect", astronaut, "--out", tmp_path / "faces.jsonl", "--draw", tmp_path / "drawn"
    )
    table = smilecascade("detect", astronaut).stdout.splitlines()
    assert (written.returncode, written.stdout, written.stderr) == (0, "", "")
    assert (tmp_path / "faces.jsonl").read_text("utf-8") == lines
    (found,) = records(lines)
    assert table[1].split()[:4] == [str(astronaut), "512x512", "1", f"{found['faces'][0]['score']:.3f}"]
    assert read(tmp_path / "drawn" / astronaut.name).shape == (512, 512, 3)
