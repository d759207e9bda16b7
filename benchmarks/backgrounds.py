"""What level 1 lets through on the backgrounds that were never mined.

python benchmarks/backgrounds.py DATA
"""

from pathlib import Path

import click

import smilecascade
from smilecascade.images import read
from smilecascade.train.sets import background_photos


@click.command()
@click.argument("data", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--bundle", type=click.Path(path_type=Path), help="Ours; without it the shipped one.")
@click.option("--min-face", default=24.0, show_default=True)
def main(data: Path, bundle: Path | None, min_face: float) -> None:
    """Print the share of level 1's windows that pass on the held-back photos of DATA/backgrounds."""
    cascade = smilecascade.load(bundle)
    _, held_back = background_photos(data)
    entered = passed = alarms = 0
    for photo in held_back:
        stages = cascade.trace(read(photo.path), min_face=min_face)
        entered += stages[0].entered
        passed += len(stages[0].candidates)
        alarms += len(stages[-1].candidates)
    click.echo(
        f"{len(held_back)} photos: {passed} of {entered} windows pass ({passed / entered:.2%}), "
        f"{alarms} false alarms at the end"
    )


if __name__ == "__main__":
    main()
