"""Faces followed from frame to frame: a face keeps its number, and where it was between two sightings."""

from smilecascade.track.follow import FollowSpec, Sight, follow
from smilecascade.track.trails import Trails

__all__ = ["FollowSpec", "Sight", "Trails", "follow"]
