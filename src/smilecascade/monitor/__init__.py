"""The monitor: a page that shows runs as they learn, served on this machine alone unless told otherwise.

It reads a store of runs (``smilecascade.runs``) and never writes. The page lies in ``static``:
plain HTML, one style sheet and a few modules of JavaScript, no build step, nothing from the network.
"""
