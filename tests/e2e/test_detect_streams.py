"""``smilecascade detect`` in a pipe: line by line, and quiet when either end goes away."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

#: So many that the command is still at work when its first line is read.
PHOTOS = 2000


def _started(*arguments: str | Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "smilecascade", "detect", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def dot(tmp_path: Path) -> Path:
    """A photo that takes a millisecond."""
    path = tmp_path / "dot.ppm"
    path.write_bytes(b"P6 64 64 255\n" + bytes(64 * 64 * 3))
    return path


def test_a_line_is_there_before_the_work_is_done(dot: Path) -> None:
    with _started(*[dot] * PHOTOS, "--out", "-") as process:
        assert json.loads(process.stdout.readline())["path"] == str(dot)
        assert process.poll() is None
        process.kill()


@pytest.mark.parametrize("options", [("--out", "-"), ()], ids=["JSON lines", "table"])
def test_a_reader_that_goes_away_is_no_error(dot: Path, options: tuple[str, ...]) -> None:
    with _started(*[dot] * PHOTOS, *options) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


def test_an_interrupt_is_one_line_and_what_was_found_is_kept(dot: Path, tmp_path: Path) -> None:
    missing, kept = tmp_path / "missing.jpg", tmp_path / "faces.jsonl.partial"
    with _started(missing, *[dot] * PHOTOS, "--out", tmp_path / "faces.jsonl") as process:
        assert process.stderr.readline().startswith(f"error: {missing}: ")
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == (
            f"error: interrupted; {kept} keeps what was found: the same command with --resume goes on\n"
        )
    assert process.returncode == 130
    assert json.loads(kept.read_text().splitlines()[0])["path"] == str(missing)
    assert not (tmp_path / "faces.jsonl").exists()


def test_an_interrupt_without_a_file_is_one_line(dot: Path) -> None:
    with _started(*[dot] * PHOTOS, "--out", "-") as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, "error: interrupted\n")


def test_a_full_disk_is_one_line(dot: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, which only Linux has")
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "smilecascade", "detect", str(dot), "--out", "-"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "error: output: No space left on device; check the disk and your rights\n"
