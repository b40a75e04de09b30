"""Define the exceptions whose message a person reads, and the types of other lines for a person.

Printing them belongs in `pipelines.cli`.
"""

Problem = str  # what is wrong, where, and what to do
Cause = str  # what is wrong and where; the message that quotes it says what to do
Note = str  # what was done or seen; if a command may follow, the note names it


class Refused(Exception):
    """Bad input or a failed audit; whatever raises it has changed nothing that readers see."""


class Unusable(Exception):
    """A request that cannot be served: an unknown key, a malformed date, a missing release."""


class Unfetched(Refused):
    """A publisher sent no usable answer; its source keeps the last good snapshot and the other sources go on.

    `resume_at` is set if the quota is spent or the publisher asks for a long pause: this run sends it no more requests. `is_general` is
    set if the failure does not depend on the question, so that other questions would fail too.
    """

    def __init__(self, message: str, resume_at: str = "", is_general: bool = False) -> None:
        """Take one line for a person, the UTC time to resume at, if any, and whether other questions would fail too."""
        super().__init__(message)
        self.resume_at, self.is_general = resume_at, is_general


def is_interrupted_query(kind: str, message: str) -> bool:
    """Return True if an error of this class and message is what DuckDB raises instead of KeyboardInterrupt if Ctrl-C stops a query."""
    return kind == "RuntimeError" and message.endswith("Query interrupted")


OUT_OF_MEMORY: Problem = "memory ran out: close other programs, or raise the limit of this process (`ulimit -v`, or the container's)"


def is_out_of_memory(kind: str, message: str) -> bool:
    """Return True if an error of this class and message means that memory ran out, in Python, in DuckDB or while a library was loaded."""
    return kind == "MemoryError" or "failed to map segment" in message or "Out of Memory Error: " in message
