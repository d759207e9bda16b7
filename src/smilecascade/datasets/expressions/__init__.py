"""Readers of sets of small pictures, each of one face or of one eye, and what it shows.

These pictures are tiles that others cut around a face: there is nothing to detect in them, and no
box. So they are read as ``Tile`` and not as ``AnnotatedPhoto``.
"""

from smilecascade.datasets.expressions.celeba import read as read_celeba
from smilecascade.datasets.expressions.eyestate import read as read_eyestate
from smilecascade.datasets.expressions.ferplus import read as read_ferplus
from smilecascade.datasets.expressions.genki import read as read_genki
from smilecascade.datasets.expressions.tile import Split, Tile, Votes

__all__ = ["Split", "Tile", "Votes", "read_celeba", "read_eyestate", "read_ferplus", "read_genki"]
