"""``python -m smilecascade``: the same command line as ``smilecascade``."""

from smilecascade.cli import main

if __name__ == "__main__":
    main()
