"""The nets that say what a face shows: their samples, their training, and the file that ships."""
