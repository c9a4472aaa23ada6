"""The operating system's errors in one line for the shell: what failed, and what to do."""

import errno
import socket

_REMEDIES = {
    errno.EADDRINUSE: "another 'autoprov up' may run; 'autoprov check' tells how to see who has it",
    errno.EADDRNOTAVAIL: "it is no address of this machine; 'autoprov check' names the setting",
    socket.EAI_NONAME: "it is no address of this machine; 'autoprov check' names the setting",
    errno.EEXIST: "a file stands where a directory is wanted, move it away",
    errno.ENOTDIR: "a file stands where a directory is wanted, move it away",
    errno.EISDIR: "a directory stands where a file is wanted, move it away",
}


def os_error_words(error: OSError) -> str:
    """``FILE: reason; remedy``, without the number that ``str`` puts in front."""
    reason = error.strerror or str(error)
    remedy = _access_remedy(error) if isinstance(error, PermissionError) else _REMEDIES.get(error.errno or 0)
    told = f"{error.filename}: {reason}" if error.filename is not None else reason
    return f"{told}; {remedy}" if remedy else told


def _access_remedy(error: PermissionError) -> str:
    if error.filename is None:
        return "ports below 1024 are root's, choose another"
    return "run this as the user who may, or give this user the right"
