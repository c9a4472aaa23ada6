"""The parts of a running installation, one module each: together in one process, or each in a process of its own."""
