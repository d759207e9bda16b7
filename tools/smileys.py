"""Draw docs/images/smileys.svg: every expression, smiles and winks, mixtures, and small ones.

python tools/smileys.py          writes it
python tools/smileys.py FILE     writes it there instead
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from smilecascade.express import EMOTIONS, Expression, face_of, to_svg

SHEET = Path(__file__).parent.parent / "docs" / "images" / "smileys.svg"

SIZE, STEP, LINE = 88, 112, 124
SMALL = (32, 24, 16)
WIDTH, HEIGHT = STEP * len(EMOTIONS), LINE * 3 + SMALL[0] + 20
NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'

#: A grey that is read on a light and on a dark page.
LABEL = '<text x="{x}" y="{y}" font-family="sans-serif" font-size="11" text-anchor="middle" fill="#808080">'

MIXTURES = (
    ("happiness", "surprise"),
    ("surprise", "fear"),
    ("fear", "sadness"),
    ("sadness", "anger"),
    ("anger", "disgust"),
    ("disgust", "contempt"),
    ("contempt", "happiness"),
    ("contempt", "anger"),
)


def rows() -> Iterator[dict[str, Expression]]:
    """The large smileys with their labels, row by row."""
    yield {name: Expression.of(**{name: 1.0}) for name in EMOTIONS}
    yield {f"{share}% happiness": Expression.of(happiness=share / 100) for share in (10, 30, 50, 70, 90)} | {
        "a wink": Expression.of(happiness=0.5, eyes_closed=(0, 1)),
        "asleep": Expression.of(eyes_closed=(1, 1)),
        "laughing": Expression.of(happiness=1, eyes_closed=(1, 1), mouth_open=1),
    }
    yield {" + ".join(pair): Expression.of(**dict.fromkeys(pair, 0.5)) for pair in MIXTURES}


def sheet() -> str:
    """The whole picture."""
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return "\n".join([f"<svg{NAMESPACE} {size}>", *_large(), *_small(), "</svg>\n"])


def _large() -> Iterator[str]:
    for row, smileys in enumerate(rows()):
        for column, (label, expression) in enumerate(smileys.items()):
            middle, top = (column + 0.5) * STEP, 8 + row * LINE
            yield _placed(expression, SIZE, middle, top)
            yield f"{LABEL.format(x=middle, y=top + SIZE + 15)}{label}</text>"


def _small() -> Iterator[str]:
    start = 8.0
    for size in SMALL:
        for name in EMOTIONS:
            yield _placed(
                Expression.of(**{name: 1.0}), size, start + size / 2, LINE * 3 + 12 + (SMALL[0] - size) / 2
            )
            start += size + 4
        start += 12


def _placed(expression: Expression, size: int, middle: float, top: float) -> str:
    smiley = to_svg(face_of(expression), size)
    return smiley.replace(NAMESPACE, f' x="{middle - size / 2:g}" y="{top:g}"', 1).rstrip()


if __name__ == "__main__":
    Path(*sys.argv[1:2] or [SHEET]).write_text(sheet(), "utf-8")
