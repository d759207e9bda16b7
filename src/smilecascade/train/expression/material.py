"""The tiles that these nets learn from and are chosen by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from smilecascade.bundle import Bundle
from smilecascade.datasets.expressions import (
    Tile,
    read_celeba,
    read_eyestate,
    read_ferplus,
)
from smilecascade.detect.cascade import Detector
from smilecascade.express.classify import eye_windows_of, windows_of
from smilecascade.express.crops import upright
from smilecascade.express.emotions import EMOTIONS
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Face
from smilecascade.specs import CascadeSpec
from smilecascade.train.expression.samples import Tiles
from smilecascade.train.materials import Track, untracked

#: The folders of the sets.
FERPLUS, CELEBA, GENKI, EYES = "fer2013_ferplus", "celeba10k", "genki4k_faces", "eyestate"

#: Share of a batch that CelebA has: it knows smiles and open mouths, but nothing of other expressions.
_CELEBA_SHARE = 0.2

#: Pixels of a tile that is cut from a photo: enough for a window that is enlarged.
_CUT = 64

#: The smallest faces looked for in CelebA's pictures, whose faces are 45 pixels wide.
_MIN_FACE = 30

#: Of CelebA's people the tenth that is chosen by: those whose number ends in this.
_CHOOSING = 1

#: Columns of the targets after the expressions.
SMILE, MOUTH_OPEN = len(EMOTIONS), len(EMOTIONS) + 1
_COLUMNS = len(EMOTIONS) + 2

#: Pixels of an eye's picture that are looked at: as high as wide.
_EYE_CUT = 48

#: Share of a batch of eyes that comes from faces, where close-ups of eyes have 1; and how many of
#: these blink, about.
_OPEN_SHARE, _BLINKING = 0.5, 0.03


@dataclass(frozen=True, kw_only=True)
class Faces:
    """What is learned from, and what is chosen by: FER+ and the people of CelebA of each."""

    learned: Sequence[Tiles]
    chosen_by: tuple[Tiles, Tiles]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A face of CelebA as the cascade finds it: its tile (S, S) and its two eyes (2, E, E), grey."""

    tile: Tile
    grey: Pixels
    eyes: Pixels

    @property
    def is_chosen_by(self) -> bool:
        """Whether it is kept from learning, by whose face it is."""
        return (self.tile.person or 0) % 10 == _CHOOSING


def cuts_of(data: Path, bundle: Bundle, track: Track = untracked) -> list[Cut]:
    """The people of CelebA who are not held out, where the cascade of ``bundle`` finds a face.

    The largest face of each picture, upright. Those held out are left for measuring. Raises DatasetError.
    """
    detector, spec = Detector(bundle, 1), bundle.spec
    cuts = []
    for tile in track(
        [tile for tile in read_celeba(data / CELEBA) if tile.split == "train"], "finding faces"
    ):
        faces = detector.faces(tile.pixels, min_face=_MIN_FACE)
        if faces:
            largest = max(faces, key=lambda face: face.box[3] - face.box[1])
            cuts.append(_cut(tile, largest, spec))
    return cuts


def faces_of(data: Path, cuts: Sequence[Cut]) -> Faces:
    """The faces of FER+, and of CelebA those that were cut.

    Faces of FER+ that are in two splits are not learned from. Raises DatasetError.
    """
    ferplus = list(read_ferplus(data / FERPLUS))
    elsewhere = {tile.group for tile in ferplus if tile.split != "train"} - {None}
    ours = [tile for tile in ferplus if tile.split == "train" and tile.group not in elsewhere]
    known = [
        tile
        for tile in ferplus
        if tile.split == "validation" and tile.votes and tile.votes.majority is not None
    ]
    return Faces(
        learned=(
            _voted([tile for tile in ours if tile.votes and tile.votes.top is not None]),
            _smiling([cut for cut in cuts if not cut.is_chosen_by]),
        ),
        chosen_by=(_voted(known), _smiling([cut for cut in cuts if cut.is_chosen_by])),
    )


def eyes_of(data: Path, cuts: Sequence[Cut]) -> tuple[tuple[Tiles, Tiles], tuple[Tiles, Tiles]]:
    """Eyes to learn from and to choose by: pictures of one eye, and the eyes of faces, which are open.

    Close-ups alone teach that an eye of a dozen pixels is closed. Raises DatasetError.
    """
    eyes = list(read_eyestate(data / EYES))
    learned = [tile for tile in eyes if tile.split == "train"]
    chosen = [tile for tile in eyes if tile.split == "validation"]
    return (
        (_closed(learned), _open([cut for cut in cuts if not cut.is_chosen_by])),
        (_closed(chosen), _open([cut for cut in cuts if cut.is_chosen_by])),
    )


def _cut(tile: Tile, face: Face, spec: CascadeSpec) -> Cut:
    photo = Mipmaps(tile.pixels)
    windows, rolls = windows_of([face], spec)
    eyes, _ = eye_windows_of([face], spec)
    shown = upright(photo, windows, rolls, _CUT)
    both = upright(photo, eyes, np.repeat(rolls, 2), _EYE_CUT)
    return Cut(tile=tile, grey=grey(shown[0, ..., :3]), eyes=np.stack([grey(eye[..., :3]) for eye in both]))


def grey(pixels: Pixels) -> Pixels:
    """RGB (H, W, 3) as luma (H, W)."""
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).convert("L"))


def _voted(tiles: Sequence[Tile]) -> Tiles:
    """Faces of FER+; that they smile is as likely as the share that saw happiness."""
    targets = np.full((len(tiles), _COLUMNS), np.nan, np.float32)
    for row, tile in zip(targets, tiles, strict=True):
        assert tile.votes is not None
        row[: len(EMOTIONS)] = tile.votes.shares or np.nan
        row[SMILE] = row[EMOTIONS.index("happiness")]
    return Tiles(
        grey=_stack([tile.pixels[..., 0] for tile in tiles]), targets=targets, share=1 - _CELEBA_SHARE
    )


def _smiling(cuts: Sequence[Cut]) -> Tiles:
    targets = np.full((len(cuts), _COLUMNS), np.nan, np.float32)
    for row, cut in zip(targets, cuts, strict=True):
        row[SMILE], row[MOUTH_OPEN] = cut.tile.smile, cut.tile.mouth_open
    return Tiles(grey=_stack([cut.grey for cut in cuts]), targets=targets, share=_CELEBA_SHARE)


def _open(cuts: Sequence[Cut]) -> Tiles:
    """Eyes of faces whose eyes are said to be neither narrow nor behind glasses; a few blink all the same."""
    eyes = [eye for cut in cuts if cut.tile.closed is False for eye in cut.eyes]
    targets = np.full((len(eyes), 1), _BLINKING, np.float32)
    return Tiles(grey=_stack(eyes), targets=targets, share=_OPEN_SHARE)


def _closed(tiles: Sequence[Tile]) -> Tiles:
    targets = np.array([[tile.closed] for tile in tiles], np.float32).reshape(-1, 1)
    return Tiles(grey=_stack([_middle(grey(tile.pixels)) for tile in tiles]), targets=targets)


def _middle(picture: Pixels) -> Pixels:
    """The middle square of a picture wider than high, as (48, 48)."""
    height, width = picture.shape
    left = (width - height) // 2
    square = Image.fromarray(picture[:, left : left + height])
    return np.asarray(square.resize((_EYE_CUT, _EYE_CUT), Image.Resampling.BILINEAR))


def _stack(pictures: Iterable[Pixels]) -> Pixels:
    listed = list(pictures)
    return np.stack(listed) if listed else np.zeros((0, 1, 1), np.uint8)
