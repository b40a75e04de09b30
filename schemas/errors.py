"""The exceptions whose message a person reads: one line with what happened, where, and what to do.

Printing them belongs in `pipelines.cli`.
"""


class Refused(Exception):
    """Bad input or a failed audit: nothing was published and the current release is untouched."""


class Unusable(Exception):
    """A request that cannot be served: an unknown key, a malformed date, a missing release."""


class Unfetched(Refused):
    """A publisher sent no usable answer; its source keeps the last good snapshot and the other sources go on.

    `resume_at` is set if the publisher named the time of its next answer: this run sends it no more requests.
    """

    def __init__(self, message: str, resume_at: str = "") -> None:
        """Take one line for a person, and the UTC time to resume at, if any."""
        super().__init__(message)
        self.resume_at = resume_at
