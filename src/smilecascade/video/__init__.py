"""Videos: read frame by frame, upright, and written again with their sound. Needs the extra ``video``."""

from smilecascade.video.read import Frame, Video, open_video
from smilecascade.video.write import repaint, suffix_of_copy

__all__ = ["Frame", "Video", "open_video", "repaint", "suffix_of_copy"]
