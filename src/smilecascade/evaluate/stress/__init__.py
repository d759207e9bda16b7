"""Hard cases, made from labelled photos: the photo is changed, and its labels with it."""
