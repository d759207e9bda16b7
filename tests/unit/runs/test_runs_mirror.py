"""TensorBoard's event files hold what the store holds."""

import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.errors import RunsError
from smilecascade.runs import open_store


def events(folder: Path) -> list[Any]:
    """The events of all files: records of a length, its checksum, the event, and its checksum."""
    event = pytest.importorskip("tensorboardX.proto.event_pb2").Event
    found = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        while data:
            (length,) = struct.unpack("<Q", data[:8])
            found.append(event.FromString(data[12 : 12 + length]))
            data = data[16 + length :]
    return found


def test_points_and_pictures_are_copied(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    with runs.start("a run", tmp_path, tensorboard=True) as run:
        run.log({"loss": 0.5, "error": float("nan")}, 3)
        run.image("samples", np.zeros((2, 5, 3), np.uint8), 4)
    found = events(tmp_path / "tensorboard" / run.id)
    values = [(value.tag, event.step) for event in found for value in event.summary.value]
    assert values == [("loss", 3), ("error", 3), ("samples", 4)]
    loss, _, samples = [event for event in found if event.summary.value]
    assert loss.summary.value[0].simple_value == 0.5
    assert (samples.summary.value[0].image.height, samples.summary.value[0].image.width) == (2, 5)
    with open_store(tmp_path) as store:
        assert loss.wall_time == store.scalars(run.id, "loss").times[0]
        store.delete(run.id)
    assert list((tmp_path / "tensorboard").iterdir()) == []


def test_a_copy_that_fails_costs_the_run_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("tensorboardX")
    (tmp_path / "tensorboard").write_text("in the way")
    with runs.start("a run", tmp_path, tensorboard=True) as run:
        run.log({"loss": 1}, 1)
    assert caplog.records[0].getMessage().startswith(f"run {run.id}: TensorBoard's copy ends here (")
    with open_store(tmp_path) as store:
        assert len(store.scalars(run.id, "loss")) == 1


def test_a_missing_extra_is_named_before_the_run_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(RunsError, match=r"pip install 'smilecascade\[tensorboard\]'"):
        runs.start("a run", tmp_path / "runs", tensorboard=True)
    assert not (tmp_path / "runs").exists()
