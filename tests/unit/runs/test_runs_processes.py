"""Processes that are killed, that fork, that write into one store, whose disk is full."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.runs import open_store

posix = pytest.mark.skipif(os.name != "posix", reason="asks for signals, forks and limits of POSIX")

#: Logs its own time, and says when it has, until it is killed.
ENDLESS = """
import sys, time
from pathlib import Path
from smilecascade import runs
with runs.start("endless", Path(sys.argv[1])) as run:
    step = 0
    while True:
        now = time.time()
        run.log({"time": now}, step)
        print(now, flush=True)
        step += 1
        time.sleep(0.002)
"""

FORKING = """
import os, sys, threading
from pathlib import Path
from smilecascade import runs
with runs.start("forking", Path(sys.argv[1])) as run:
    run.log({"loss": 1}, 1)
    child = os.fork()
    if not child:
        run.log({"loss": 666}, 666)
        run.__exit__(None, None, None)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    run.log({"loss": 2}, 2)
"""

WRITING = """
import sys
from pathlib import Path
from smilecascade import runs
with runs.start(sys.argv[2], Path(sys.argv[1])) as run:
    for step in range(5000):
        run.log({"loss": step + int(sys.argv[2])}, step)
"""

#: Files may not grow for a while, which a full disk looks like.
FULL = """
import resource, signal, sys, time
from pathlib import Path
from smilecascade import runs
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with runs.start("full", Path(sys.argv[1])) as run:
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, most))
    for step in range(20_000):
        run.log({"loss": step}, step)
    time.sleep(1.5)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
"""


def started(program: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: "subprocess.Popen[str]") -> str:
    """What it printed on standard error; it must have ended well."""
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return err


@posix
def test_a_killed_training_loses_at_most_its_last_second(tmp_path: Path) -> None:
    process = started(ENDLESS, tmp_path)
    lines = []
    for line in process.stdout or []:
        lines.append(line)
        if float(line) > float(lines[0]) + 2.2:
            process.send_signal(signal.SIGKILL)
            break
    lines += process.communicate(timeout=60)[0].splitlines(keepends=True)
    logged_s = [float(line) for line in lines if line.endswith("\n")]
    with open_store(tmp_path) as store:
        (run,) = store.runs()
        points = store.scalars(run.id, "time")
    assert run.state == "killed"
    assert points.steps.tolist() == list(range(len(points)))
    np.testing.assert_array_equal(points.values[: len(logged_s)], logged_s[: len(points)])
    assert logged_s[-1] - points.values[-1] < 1


@posix
def test_a_killed_run_can_be_resumed_and_deleted(tmp_path: Path) -> None:
    process = started(ENDLESS, tmp_path)
    assert process.stdout
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=60)
    with runs.start("endless", tmp_path, resume="endless", step=-1) as run:
        run.log({"loss": 1}, 0)
    with open_store(tmp_path) as store:
        assert store.run(run.id).state == "finished"
        store.delete(run.id)
        assert store.runs() == []


@posix
def test_a_forked_process_leaves_the_run_to_its_parent(tmp_path: Path) -> None:
    assert "not stored" not in finished(started(FORKING, tmp_path))
    with open_store(tmp_path) as store:
        assert store.run("forking").state == "finished"
        assert store.scalars("forking", "loss").values.tolist() == [1, 2]


def test_two_processes_write_two_runs_into_one_new_store(tmp_path: Path) -> None:
    for process in [started(WRITING, tmp_path, name) for name in (1, 2)]:
        assert finished(process) == ""
    with open_store(tmp_path) as store:
        assert len(store.runs()) == 2
        for name in (1, 2):
            points = store.scalars(str(name), "loss")
            np.testing.assert_array_equal(points.values, np.arange(5000) + name)


@posix
def test_a_full_disk_stops_no_training_and_loses_nothing(tmp_path: Path) -> None:
    errors = finished(started(FULL, tmp_path))
    assert errors.count("\n") == 1
    assert "runs.sqlite: cannot be used (" in errors
    with open_store(tmp_path) as store:
        assert store.run("full").state == "finished"
        assert store.scalars("full", "loss").values.tolist() == list(range(20_000))


@pytest.mark.parametrize(("silent_s", "state"), [(5, "running"), (20, "killed")])
def test_a_run_elsewhere_is_judged_by_its_heartbeat(tmp_path: Path, silent_s: float, state: str) -> None:
    with runs.start("a run", tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as connection, connection:
        connection.execute(
            "UPDATE runs SET state = 'running', ended = NULL, host = 'far.away', heartbeat = ?",
            (time.time() - silent_s,),
        )
    with open_store(tmp_path) as store:
        assert store.run("a run").state == state
