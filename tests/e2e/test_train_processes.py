"""Two processes under torchrun learn what one does from the same batch; on the processor."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from drawn_sets import write_sets
from safetensors.torch import load_file

from smilecascade.bundle import open_bundle
from smilecascade.runs import open_store

# Without an address of its own it asks for the machine's name, which not every network knows.
TORCHRUN = (
    *("-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"),
    *("--nproc-per-node", "2"),
)

# Neither dropout, which differs by process, nor batch statistics, which are those of a share.
SCRIPT = """
import json
import sys
from pathlib import Path

import numpy as np
import torch

from smilecascade.nets import NETS, Joint, NetEntry
from smilecascade.nets.layers import conv
from smilecascade.specs import TrainSpec
from smilecascade.train.crops import FaceCrops
from smilecascade.train.loop import Validation, fit
from smilecascade.train.processes import joined
from smilecascade.train.samples import Samples


def plain():
    return Joint(*conv(3, 8, 4, stride=2), *conv(8, 16, 3, stride=2), *conv(16, 16, 2), features=16)


class Losses(list):
    def log(self, values, step):
        self.extend(values[name] for name in values if name == "loss")

    def flush(self):
        pass


NETS["plain-12"] = NetEntry(build=plain, window=12, stride=4)
rng = np.random.default_rng(0)
points = rng.uniform(-0.3, 0.3, (12, 6, 2)).astype(np.float32)
points[:6] = np.nan
faces = FaceCrops(
    pixels=rng.integers(0, 256, (12, 128, 128, 3), dtype=np.uint8),
    sets=np.array(["fddb_train"] * 6 + ["lfw_150px"] * 6),
    side=np.full(12, 60, np.float32),
    alone=np.full(12, True),
    points=points,
)
with joined() as processes:
    for net, positives in (("plain-12", 0.4), ("align-48", 1.0)):
        spec = TrainSpec(
            net=net, positives=positives, steps=8, batch=24, parts=2, hard_share=0.3, warmup=2,
            freeze_normalisation=True, validate_every=4, threads=1, seed=5,
        )
        window = NETS[net].window
        negatives = rng.integers(0, 256, (30, window, window, 3), dtype=np.uint8)
        samples, losses, folder = Samples(faces, negatives, window, spec), Losses(), Path(net)
        trained = fit(
            samples, spec, folder, validate=lambda net: Validation({}), record=losses, processes=processes
        )
        torch.save(trained.state_dict(), folder / f"{processes.rank}.pt")
        (folder / f"{processes.rank}.json").write_text(json.dumps(losses))
"""


def run(folder: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    folder.mkdir()
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=200,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same trainings, by one process and by two."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "script.py").write_text(SCRIPT, "utf-8")
    for name, launcher in (("one", ()), ("two", TORCHRUN)):
        done = run(folder / name, *launcher, folder / "script.py")
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("net", ["plain-12", "align-48"])
def test_two_processes_lose_what_one_does_in_every_step(trained: Path, net: str) -> None:
    one, first, second = (
        json.loads((trained / name).read_text("utf-8"))
        for name in (f"one/{net}/0.json", f"two/{net}/0.json", f"two/{net}/1.json")
    )
    assert len(one) == 8
    assert first == pytest.approx(one, rel=1e-5)
    assert second == []  # the first one records


@pytest.mark.parametrize("net", ["plain-12", "align-48"])
def test_two_processes_end_with_the_weights_of_one(trained: Path, net: str) -> None:
    """And with the optimiser's moments: unlike its steps, they tell a gradient from a half of it."""
    one, two = (load_file(trained / name / net / "checkpoint.safetensors") for name in ("one", "two"))
    assert one.keys() == two.keys()
    for name in one:
        alone, together = one[name].double(), two[name].double()
        assert (together - alone).norm() <= 1e-3 * alone.norm(), name


@pytest.mark.parametrize("net", ["plain-12", "align-48"])
def test_the_processes_end_with_the_same_weights(trained: Path, net: str) -> None:
    first, second = (torch.load(trained / "two" / net / f"{rank}.pt") for rank in (0, 1))
    assert first.keys() == second.keys()
    assert all(first[name].equal(second[name]) for name in first)


def test_the_command_trains_once_in_two_processes(tmp_path: Path) -> None:
    data, out, root = write_sets(tmp_path / "data"), tmp_path / "bundle", tmp_path / "runs"
    options = ["--data", data, "--out", out, "--runs", root, "--steps", 3, "--threads", 1]
    done = run(tmp_path / "here", *TORCHRUN, "-m", "smilecascade", "train", "level1", *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{out}: 1 levels, {open_bundle(out).digest[:12]}\n"
    assert done.stderr.count("training joint-12 on") == 1
    with open_store(root) as store:
        (level1,) = store.runs()
        assert (level1.name, level1.state) == ("level1", "finished")
        assert store.scalars(level1.id, "loss").steps.tolist() == [1, 2, 3]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bundle",
        "bundle.work",
        "data",
        "here",
        "runs",
    ]
    assert list((tmp_path / "here").iterdir()) == []
