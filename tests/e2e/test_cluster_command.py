"""``smilecascade detect --engine ray``: on this machine, and on two nodes of which one loses its worker."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray", reason="needs the extra 'ray'")
pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra 'ray'")

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, of Linux alone")

TWO_NODES = Path(__file__).with_name("two_nodes.py")


def _folder(path: Path, examples: Path, count: int) -> Path:
    """So many names for a few photos, and one that is none."""
    path.mkdir()
    photos = sorted(examples.glob("*.jpg"))
    for number, photo in enumerate(islice(cycle(photos), count - 1)):
        os.link(photo, path / f"{number:05}.jpg")
    (path / "broken.jpg").write_bytes(b"no photo")
    return path


def _rows(out: Path) -> list[dict[str, Any]]:
    rows = [row for shard in out.glob("*.parquet") for row in pq.ParquetFile(shard).read().to_pylist()]
    return sorted(rows, key=lambda row: row["path"])


def _command(folder: Path, out: Path, *options: str) -> list[str]:
    places = [str(folder), "--engine", "ray", "--out", str(out)]
    return [sys.executable, "-m", "smilecascade", "detect", *places, *options]


def _workers_below(raylet: int) -> list[int]:
    children = map(int, Path(f"/proc/{raylet}/task/{raylet}/children").read_text().split())
    return [child for child in children if b"Looker" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _wait_until(true: Callable[[], object], patience_s: float = 120) -> None:
    ends_s = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < ends_s
        time.sleep(0.2)


@pytest.fixture
def two_nodes() -> Iterator[dict[str, Any]]:
    """Address and raylets of a cluster."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, TWO_NODES], text=True, **pipes) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(60)


def _as_one_process(smilecascade, folder: Path, out: Path) -> list[dict[str, Any]]:
    assert smilecascade("detect", folder, "--out", out).returncode == 1
    return pq.ParquetFile(out).read().to_pylist()


def _same(row: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two rows say the same, as nearly as batches of other sizes do."""
    faces = zip(row["faces"] or (), other["faces"] or (), strict=True)
    boxes = all(abs(one[side] - two[side]) < 0.1 for one, two in faces for side in ("x1", "y1", "x2", "y2"))
    return boxes and all(row[name] == other[name] for name in ("path", "width", "height", "error"))


@pytest.mark.parametrize(
    "count", [pytest.param(90, id="few"), pytest.param(3000, id="many", marks=pytest.mark.soak)]
)
def test_a_worker_that_is_killed_costs_no_photo_and_gives_none_twice(
    smilecascade, two_nodes, examples: Path, tmp_path: Path, count: int
) -> None:
    folder, out = _folder(tmp_path / "photos", examples, count), tmp_path / "out"
    command = _command(folder, out, "--address", two_nodes["address"])
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        _wait_until(lambda: list(out.glob("*.parquet")) or process.poll() is not None)
        workers = [worker for raylet in two_nodes["raylets"] for worker in _workers_below(raylet)]
        os.kill(workers[0], signal.SIGKILL)
        _, err = process.communicate()
    assert process.returncode == 1, err
    alone = _as_one_process(smilecascade, folder, tmp_path / "alone.parquet")
    assert len(alone) == count
    assert all(map(_same, _rows(out), alone))
    assert len(_rows(out)) == count


@pytest.mark.soak
def test_a_run_that_is_killed_goes_on_and_looks_at_no_photo_again(examples: Path, tmp_path: Path) -> None:
    folder, out = _folder(tmp_path / "photos", examples, 2000), tmp_path / "out"
    with subprocess.Popen(_command(folder, out), stderr=subprocess.DEVNULL) as process:
        _wait_until(lambda: list(out.glob("*.parquet")) or process.poll() is not None)
        process.kill()
    before = {shard.name: shard.read_bytes() for shard in out.glob("*.parquet")}
    (out / "half.parquet").write_bytes(next(iter(before.values()))[:100])
    done = subprocess.run(_command(folder, out), stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1, done.stderr
    assert f"going on with what is in {out} (photos: " in done.stderr
    assert [row["path"] for row in _rows(out)] == sorted(map(str, folder.iterdir()))
    assert not (out / "half.parquet").exists()
