"""What can be wrong with the queue itself; the class says who acts next."""


class QueueUnavailable(Exception):
    """The database cannot be read or written now; whoever called tries again later. The text says where and why."""


class QueueBroken(QueueUnavailable):
    """Damaged, read-only, full ...: it stays so until a person does what the text says; the log says it at ERROR."""


class QueueSchemaError(Exception):
    """The database was made by a newer version of this program: a person must install that version."""
