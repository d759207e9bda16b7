"""Everything that can go wrong for a user, as one tree.

Each message says what went wrong, where, and what to do next. Wrong arguments are not
here: they raise ``ValueError`` or ``TypeError``, as Python programmers expect.
"""


class SmilecascadeError(Exception):
    """The root: catch this to catch whatever the library itself reports."""


class ImageError(SmilecascadeError):
    """A photo that cannot be read: missing, empty, broken, too large, or not a photo."""


class DatasetError(SmilecascadeError):
    """A data set that is not laid out as its authors publish it, or a broken line in it."""


class BundleError(SmilecascadeError):
    """A bundle of weights that is missing, incomplete, altered, or of another version."""


class SpecError(SmilecascadeError):
    """A specification with an unknown key, a wrong type or a value out of its range."""


class RunsError(SmilecascadeError):
    """A store of runs that is damaged or of another format, or a run that is not in it."""


class ExportError(SmilecascadeError):
    """A file of results that an interrupted run has left, and that this run cannot go on with."""


class VideoError(SmilecascadeError):
    """A video that cannot be read or written: broken, too large, no video, or of an unknown codec."""


class ClusterError(SmilecascadeError):
    """Several machines that cannot work together: none reached, or a folder that not all of them see."""


class MaskError(SmilecascadeError):
    """Faces that cannot be covered as wanted: a record, a review or a font that is missing or wrong."""
