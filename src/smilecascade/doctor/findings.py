"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``absent``: not there, and only needed for some of what the program can do.
State = Literal["well", "absent", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    what: its name. found: what it is, or what is wrong with it. mend: what to do, "" where all is well.
    """

    what: str
    found: str
    state: State = "well"
    mend: str = ""
