"""``python -m autoprov`` is the same as ``autoprov``."""

from autoprov.cli import main

main()
