"""Photos on more than one machine, by Ray Data: one row a photo, Parquet shards out. Needs the extra 'ray'.

Ray starts, places and replaces the workers; here is only what it cannot know: what a worker does with
its photos, and what an interrupted run has left in the shards.
"""
