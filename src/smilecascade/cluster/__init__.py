"""Photos on more than one machine, by Ray Data: one row a photo, Parquet shards out. Needs the extra 'ray'.

Ray starts, places and replaces the workers; here is only what it cannot know: what a worker does with
its photos, and what an interrupted run has left in the shards.
"""

from smilecascade.cluster.engine import running
from smilecascade.cluster.looker import Search
from smilecascade.cluster.photos import Photo, Stores, is_address, local_photo
from smilecascade.cluster.pipeline import look
from smilecascade.cluster.shards import Held, Shards

__all__ = [
    "Held",
    "Photo",
    "Search",
    "Shards",
    "Stores",
    "is_address",
    "local_photo",
    "look",
    "running",
]
