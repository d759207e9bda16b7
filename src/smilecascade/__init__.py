"""Finds the faces in photos, fast, on an ordinary processor.

>>> import smilecascade
>>> cascade = smilecascade.load()
>>> faces = cascade.detect(image)          # RGB uint8, (height, width, 3)
"""

from smilecascade.analyze import Cascade, load
from smilecascade.records import Face
from smilecascade.supervision import to_supervision

__version__ = "0.1.0"

__all__ = ["Cascade", "Face", "load", "to_supervision"]
