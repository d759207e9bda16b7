"""Pictures of what was found: faces on a photo, and the stages of the cascade."""

from smilecascade.draw.faces import draw_faces
from smilecascade.draw.stages import draw_stages
from smilecascade.draw.tracks import draw_tracks

__all__ = ["draw_faces", "draw_stages", "draw_tracks"]
