import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from smilecascade.errors import SpecError
from smilecascade.train import shards
from smilecascade.train.shards import Shards, store, write

SHAPE = (4, 4, 3)

#: Shards of seven rows.
SMALL = 7 * 4 * 4 * 3 + 5


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_BYTES", SMALL)


@pytest.fixture
def samples() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (40, *SHAPE), dtype=np.uint8)


@pytest.fixture
def stored(samples: np.ndarray, tmp_path: Path) -> Shards:
    return store(np.split(samples, [1, 1, 6, 30]), tmp_path / "faces", SHAPE, {"seed": 1})


def test_samples_are_read_in_any_order_and_as_often_as_wanted(stored: Shards, samples: np.ndarray) -> None:
    assert (len(stored), stored.shape) == (40, (40, *SHAPE))
    for rows in ([39, 0, 7, 6, 6, 13, 14], [], range(40), np.arange(5, dtype=np.uint16)):
        wanted = np.array(rows, np.asarray(rows).dtype if len(rows) else np.intp)
        found = stored[wanted]
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, samples[wanted])


@pytest.mark.parametrize("rows", [slice(None), slice(5, 16), slice(-3, None), slice(30, 2, -4), slice(9, 3)])
def test_slices_are_those_of_an_array(stored: Shards, samples: np.ndarray, rows: slice) -> None:
    np.testing.assert_array_equal(stored[rows], samples[rows])


def test_what_was_read_may_be_changed(stored: Shards, samples: np.ndarray) -> None:
    stored[:8][:] = 0
    np.testing.assert_array_equal(stored[:8], samples[:8])


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([0, 40], IndexError, "rows 0 to 40: there are 40, from 0"),
        ([-1], IndexError, "rows -1 to -1: there are 40, from 0"),
        ([True] * 40, TypeError, r"\(K,\) integers or a slice, got bool of shape \(40,\)"),
        ([0.0], TypeError, r"got float64 of shape \(1,\)"),
        (3, TypeError, r"got int64 of shape \(\)"),
    ],
)
def test_rows_that_are_none_are_errors(
    stored: Shards, rows: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        stored[np.array(rows)]


def test_a_shard_is_an_ordinary_array_of_a_bounded_size(stored: Shards, samples: np.ndarray) -> None:
    files = sorted(stored.folder.glob("*.npy"))
    assert [file.name for file in files] == [f"{number:05d}.npy" for number in range(6)]
    mapped = [np.load(file, mmap_mode="r") for file in files]
    assert max(part.nbytes for part in mapped) <= SMALL
    np.testing.assert_array_equal(np.concatenate(mapped), samples)


@pytest.mark.parametrize("parts", [[], [np.zeros((0, *SHAPE), np.uint8)]])
def test_no_samples_are_a_value(tmp_path: Path, parts: list[np.ndarray]) -> None:
    stored = store(parts, tmp_path / "faces", SHAPE, {})
    assert stored.shape == stored[:].shape == stored[np.zeros(0, np.intp)].shape == (0, *SHAPE)


def test_a_sample_may_be_larger_than_a_shard(tmp_path: Path) -> None:
    large = np.random.default_rng(0).integers(0, 256, (2, 20, 20, 3), dtype=np.uint8)
    np.testing.assert_array_equal(store([large], tmp_path / "faces", (20, 20, 3), {})[:], large)


@pytest.mark.parametrize("part", [np.zeros((2, 4, 5, 3), np.uint8), np.zeros((2, *SHAPE), np.float32)])
def test_samples_of_another_kind_are_refused(tmp_path: Path, part: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"samples are uint8 of shape \(4, 4, 3\), got"):
        write([part], tmp_path / "faces", SHAPE, {})


def test_what_is_stored_is_not_made_again(stored: Shards, samples: np.ndarray) -> None:
    np.testing.assert_array_equal(store(iter([]), stored.folder, SHAPE, {"seed": 1})[:], samples)
    with pytest.raises(SpecError, match="was made with seed 1, now it is 2"):
        store(iter([]), stored.folder, SHAPE, {"seed": 2})


@pytest.mark.parametrize("names", range(7))
def test_what_was_interrupted_counts_for_nothing(
    samples: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: int
) -> None:
    """The samples have six shards and an index; it happens just before one of these gets its name."""
    named: list[Path] = []

    def killed(path: Path, place: Path) -> None:
        if len(named) == names:
            raise KeyboardInterrupt
        named.append(path.rename(place))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            store([samples], tmp_path / "faces", SHAPE, {})
    with pytest.raises(SpecError, match=r"index\.json: cannot be read"):
        Shards(tmp_path / "faces")
    np.testing.assert_array_equal(store([samples[:3]], tmp_path / "faces", SHAPE, {})[:], samples[:3])
    assert sorted(path.name for path in (tmp_path / "faces").iterdir()) == ["00000.npy", "index.json"]


def test_what_is_written_over_counts_for_nothing_until_it_is_whole(
    stored: Shards, samples: np.ndarray
) -> None:
    def killed() -> Iterator[np.ndarray]:
        yield samples[:9]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(killed(), stored.folder, SHAPE, {"seed": 2})
    assert len(store([samples[:2]], stored.folder, SHAPE, {"seed": 3})) == 2


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"0")


def swap(path: Path) -> None:
    np.save(path, np.zeros((7, 4, 4, 3), np.int8))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (Path.unlink, r"cannot be read \(No such file"),
        (cut, "is cut off or too long"),
        (grow, "is cut off or too long"),
        (swap, "is no shard of this folder"),
        (lambda path: path.write_bytes(b""), "is no shard of this folder"),
        (lambda path: path.write_bytes(b"\x93NUMPY\x01\x00\x04\x00{'a'"), "is no shard of this folder"),
        (lambda path: path.write_bytes(b"no array at all"), "is no shard of this folder"),
    ],
)
@pytest.mark.parametrize("number", [0, 3, 5])
def test_a_damaged_shard_is_named(
    stored: Shards, damage: Callable[[Path], object], message: str, number: int
) -> None:
    stored.close()
    damage(stored.folder / f"{number:05d}.npy")
    with pytest.raises(SpecError, match=rf"0000{number}\.npy: {message}.*; delete the folder .*faces, and"):
        store([], stored.folder, SHAPE, {"seed": 1})


@pytest.mark.parametrize("text", ['{"inputs": {}}', '{"inputs": {}, "count": "a", "shape": [4], "rows": 1}'])
def test_an_index_that_says_too_little_is_told(stored: Shards, text: str) -> None:
    (stored.folder / "index.json").write_text(text)
    with pytest.raises(SpecError, match=r"index\.json: is no index of shards; delete the folder"):
        Shards(stored.folder)


def test_a_shard_that_is_cut_off_while_it_is_read_is_named(stored: Shards, samples: np.ndarray) -> None:
    cut(stored.folder / "00005.npy")
    np.testing.assert_array_equal(stored[:39], samples[:39])
    with pytest.raises(SpecError, match=r"00005\.npy: is cut off; delete the folder"):
        stored[:]


def test_closed_shards_are_not_read(stored: Shards) -> None:
    stored.close()
    stored.close()
    with pytest.raises(ValueError, match="closed file"):
        stored[:1]


def test_a_system_that_cannot_read_at_a_place_seeks_it(
    stored: Shards, samples: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("preadv", "posix_fadvise"):
        monkeypatch.delattr(os, name, raising=False)
    np.testing.assert_array_equal(stored[::-1], samples[::-1])
    cut(stored.folder / "00005.npy")
    with pytest.raises(SpecError, match=r"00005\.npy: is cut off"):
        stored[:]


@pytest.mark.skipif(not hasattr(os, "preadv"), reason="this system seeks")
def test_threads_may_read_at_the_same_time(stored: Shards, samples: np.ndarray) -> None:
    orders = [np.random.default_rng(seed).integers(0, 40, 200) for seed in range(16)]
    with ThreadPoolExecutor(8) as threads:
        for rows, found in zip(orders, threads.map(stored.__getitem__, orders), strict=True):
            np.testing.assert_array_equal(found, samples[rows])


#: Draws batches of 192 faces and 192 negatives; prints by how many MB resident memory grew at most.
DRAWING = """
import re
import sys
from pathlib import Path
import numpy as np
import torch
from smilecascade.specs import TrainSpec
from smilecascade.train.crops import FaceCrops
from smilecascade.train.samples import Samples
from smilecascade.train.shards import Shards

def resident(what):
    return int(re.search(what + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1000

torch.set_num_threads(1)
faces, negatives = (Shards(Path(sys.argv[1], name)) for name in ("faces", "negatives"))
count = len(faces)
crops = FaceCrops(
    pixels=faces,
    sets=np.array(["people"] * count),
    side=np.ones(count, np.float32),
    alone=np.zeros(count, bool),
    points=np.zeros((count, 6, 2), np.float32),
)
samples = Samples(crops, negatives, 48, TrainSpec(net="joint-48", steps=60, batch=384, positives=0.5))
samples.batch(0)
before = resident("VmRSS")
for step in range(1, 60):
    samples.batch(step)
print(resident("VmHWM") - before)
"""

#: Batches come and go: pixels of faces in float32, 38 MB, several times over.
GROWTH_MB = 250


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc, which only Linux has")
def test_batches_of_700_mb_of_samples_need_a_third_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    block = np.random.default_rng(0).integers(0, 256, 10_000 * 48 * 48 * 3, dtype=np.uint8)
    with TemporaryDirectory(dir=tmp_path) as folder:
        write([block.reshape(-1, 48, 48, 3)] * 10, Path(folder, "negatives"), (48, 48, 3), {})
        write([block[: 500 * 49152].reshape(-1, 128, 128, 3)] * 2, Path(folder, "faces"), (128, 128, 3), {})
        run = subprocess.run([sys.executable, "-c", DRAWING, folder], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) < GROWTH_MB
