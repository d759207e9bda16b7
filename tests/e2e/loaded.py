"""Runs a command in this process, then prints as JSON what it has imported.

python loaded.py DECLARED... -- ARGUMENTS...

DECLARED: the names of the distributions that may be imported, beside what they need themselves.
"""

import json
import re
import sys
from collections.abc import Iterable
from importlib import metadata

#: What the environment itself puts into every process, such as the hooks of a .pth file.
AT_START = frozenset(sys.modules)


def needed_by(names: Iterable[str]) -> set[str]:
    """These distributions and all that they require without extras."""
    closed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonical(waiting.pop())
        if name not in closed:
            closed.add(name)
            waiting += required_by(name)
    return closed


def required_by(name: str) -> list[str]:
    """The names that a distribution requires without extras; none where it is not installed."""
    try:
        requirements = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    return [re.match(r"[\w.-]+", line)[0] for line in requirements if "extra ==" not in line]


def imported() -> set[str]:
    """The distributions of the modules imported since the start."""
    distributions = metadata.packages_distributions()
    tops = {name.partition(".")[0] for name in set(sys.modules) - AT_START}
    return {canonical(name) for top in tops for name in distributions.get(top, [])}


def canonical(name: str) -> str:
    """The one spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    from smilecascade.cli import run

    split = sys.argv.index("--")
    code = run(sys.argv[split + 1 :])
    modules = sorted(set(sys.modules) - AT_START)
    undeclared = imported() - needed_by(sys.argv[1:split]) - {"smilecascade"}
    print(json.dumps({"code": code, "modules": modules, "undeclared": sorted(undeclared)}))
