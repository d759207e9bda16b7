"""How long a newcomer waits: ``import smilecascade``, and the first face of a small photo.

python benchmarks/startup.py [PHOTO]

Each figure is the median of 15 fresh processes, in seconds, taken in turn with those of an
empty Python; the first round, which finds the disk cold, is not counted.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROUNDS = 15
PHOTO = Path(__file__).parent.parent / "examples" / "astronaut.jpg"


def elapsed_s(arguments: list[str]) -> float:
    """Seconds from start to end of one Python process."""
    started_s = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started_s


def main() -> None:
    """Measure and print."""
    photo = sys.argv[1] if len(sys.argv) > 1 else str(PHOTO)
    programs = (["-c", ""], ["-c", "import smilecascade"], ["-m", "smilecascade", "detect", photo])
    rounds = [[elapsed_s(program) for program in programs] for _ in range(ROUNDS + 1)][1:]
    empty_s, import_s, face_s = (median(times_s) for times_s in zip(*rounds, strict=True))
    print(f"python alone        {empty_s:.3f} s")
    print(f"import smilecascade {import_s - empty_s:.3f} s more (at most 0.3)")
    print(f"first face          {face_s:.3f} s from start to end (at most 1)")


if __name__ == "__main__":
    main()
