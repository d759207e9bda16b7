"""``smilecascade detect`` that is killed at random moments, and goes on: every photo exactly once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import pytest

Started = Callable[..., "subprocess.Popen[str]"]


def _folder(path: Path, examples: Path, count: int) -> Path:
    """So many names for a few photos."""
    path.mkdir()
    photos = sorted(examples.glob("*.jpg"))
    for number, photo in enumerate(islice(cycle(photos), count)):
        os.link(photo, path / f"{number:05}.jpg")
    return path


def _started(*arguments: str | Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "smilecascade", "detect", *map(str, arguments), "--threads", "1"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _below(pid: int) -> list[int]:
    """The processes that this one has started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_until(true: Callable[[], object], patience_s: float = 20) -> None:
    ends_s = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < ends_s
        time.sleep(0.02)


def _kill(process: "subprocess.Popen[str]", after_s: float) -> None:
    with process:
        time.sleep(after_s)
        below = _below(process.pid)
        process.kill()
        process.communicate()
    _wait_until(lambda: not any(map(_is_alive, below)))


@pytest.mark.parametrize(
    ("photos", "kills", "longest_s", "options"),
    [
        pytest.param(120, 3, 1.2, (), id="few"),
        pytest.param(120, 2, 1.8, ("--workers", "2"), id="few, with workers"),
        pytest.param(1500, 20, 2.0, (), id="many", marks=pytest.mark.soak),
        pytest.param(1500, 20, 3.0, ("--workers", "2"), id="many, with workers", marks=pytest.mark.soak),
    ],
)
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, which only Linux has")
def test_killed_and_resumed_every_photo_is_there_exactly_once(
    smilecascade,
    examples: Path,
    tmp_path: Path,
    photos: int,
    kills: int,
    longest_s: float,
    options: tuple[str, ...],
) -> None:
    folder, out = _folder(tmp_path / "photos", examples, photos), tmp_path / "faces.jsonl"
    command = (folder, "--out", out, "--resume", *options)
    chance = random.Random(photos + kills)
    moments = [chance.uniform(0, longest_s) for _ in range(kills)]
    for moment in moments:
        _kill(_started(*command), moment)
    with _started(*command) as last:
        _, err = last.communicate()
    assert last.returncode == 0, err
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["path"] for line in lines] == sorted(map(str, folder.iterdir()))
    assert {(line["height"], len(line["faces"])) for line in lines} == {(600, 1), (512, 1), (427, 0)}
    assert sorted(tmp_path.iterdir()) == [out, folder]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, which only Linux has")
def test_ctrl_c_ends_the_workers_and_keeps_what_was_found(
    smilecascade, examples: Path, tmp_path: Path
) -> None:
    folder, out = _folder(tmp_path / "photos", examples, 300), tmp_path / "faces.jsonl"
    kept = tmp_path / "faces.jsonl.partial"
    command = [sys.executable, "-m", "smilecascade", "detect", folder, "--out", out, "--workers", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        _wait_until(lambda: kept.exists() and kept.stat().st_size)
        below = _below(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all of them get it
        err = process.stderr.read()
    assert process.returncode == 130
    assert err == (
        f"error: interrupted; {kept} keeps what was found: the same command with --resume goes on\n"
    )
    assert len(below) >= 2
    _wait_until(lambda: not any(map(_is_alive, below)))
    done = smilecascade("detect", folder, "--out", out, "--resume")
    assert (done.returncode, len(out.read_text().splitlines())) == (0, 300)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, which only Linux has")
def test_a_worker_that_is_killed_costs_nothing_but_a_moment(examples: Path, tmp_path: Path) -> None:
    folder, out = _folder(tmp_path / "photos", examples, 150), tmp_path / "faces.jsonl"
    kept = tmp_path / "faces.jsonl.partial"
    with _started(folder, "--out", out, "--workers", "2") as process:
        _wait_until(lambda: kept.exists() and kept.stat().st_size)
        os.kill(_below(process.pid)[-1], signal.SIGKILL)
        _, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["path"] for line in lines] == sorted(map(str, folder.iterdir()))
    assert all("faces" in line for line in lines)


def test_workers_find_draw_and_tell_what_one_process_does(
    smilecascade, records, examples: Path, tmp_path: Path
) -> None:
    command = ("detect", examples, "missing.jpg", "--out", "-", "--draw", tmp_path / "drawn")
    alone, together = smilecascade(*command), smilecascade(*command, "--workers", "2")
    assert (together.returncode, together.stderr) == (alone.returncode, alone.stderr)
    for one, other in zip(records(alone.stdout), records(together.stdout), strict=True):
        assert one.pop("path") == other.pop("path")
        for face, same in zip(one.pop("faces", []), other.pop("faces", []), strict=True):
            assert same["box"] == pytest.approx(face["box"], abs=0.1)
        assert one == other
    drawn = [path.name for path in sorted((tmp_path / "drawn").iterdir())]
    assert drawn == ["admiral.jpg", "astronaut.jpg", "rocket.jpg"]


def test_workers_open_no_weights_that_are_damaged(smilecascade, examples: Path, tmp_path: Path) -> None:
    done = smilecascade("detect", examples, "--bundle", tmp_path, "--workers", "2")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {tmp_path}")
    assert done.stderr.count("\n") == 1
