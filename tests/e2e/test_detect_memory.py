"""Many photos take no more memory than a few."""

import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path

import pytest

#: Decoded photos come and go in all sizes; between two lines that may be this much.
SLACK_MB = 30


@pytest.mark.data
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc, which only Linux has")
def test_memory_does_not_grow_after_the_first_50_of_500_photos(dataset, tmp_path: Path) -> None:
    found = sorted(dataset("caltech_webfaces_val").rglob("*.jpg"))
    photos = list(islice(cycle(found), 500))
    command = [sys.executable, "-m", "smilecascade", "detect", *photos, "--draw", tmp_path, "--out", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        resident_mb = [_resident_mb(process.pid) for _ in process.stdout]
    assert process.returncode == 0
    assert len(resident_mb) == 500
    assert max(resident_mb[50:]) < max(resident_mb[:50]) + SLACK_MB


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(line.split()[1]) / 1000
