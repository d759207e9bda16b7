"""The field's own ways of judging detectors, as published: FDDB and WIDER FACE."""
