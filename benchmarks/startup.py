"""How long a newcomer waits: ``import smilecascade``, and the first face of a small photo.

python benchmarks/startup.py [PHOTO]

Each figure is the median of 15 fresh processes, in seconds, beside an empty Python; the first
run, which finds the disk cold, is not counted.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15
PHOTO = Path(__file__).parent.parent / "examples" / "astronaut.jpg"


def elapsed_s(arguments: list[str]) -> float:
    """Seconds from start to end of one Python process."""
    started_s = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started_s


def main() -> None:
    """Measure and print."""
    photo = sys.argv[1] if len(sys.argv) > 1 else str(PHOTO)
    empty_s = measured("python alone", ["-c", ""])
    import_s = measured("import smilecascade", ["-c", "import smilecascade"])
    print(f"{'of which the import':<24} {import_s - empty_s:6.3f} s   (at most 0.3)")
    measured("first face", ["-m", "smilecascade", "detect", photo], "   (at most 1)")


def measured(name: str, arguments: list[str], limit: str = "") -> float:
    """Print the median of the runs under this name and return it."""
    median_s = statistics.median([elapsed_s(arguments) for _ in range(RUNS + 1)][1:])
    print(f"{name:<24} {median_s:6.3f} s{limit}")
    return median_s


if __name__ == "__main__":
    main()
