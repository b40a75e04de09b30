"""The exceptions whose message a person reads: one line with what happened, where, and what to do.

Printing them belongs in `pipelines.cli`.
"""


class Refused(Exception):
    """Bad input or a failed audit: nothing was published and the current release is untouched."""


class Unusable(Exception):
    """A request that cannot be served as asked: an unknown key, a malformed date, a release that is not there."""


class Unfetched(Refused):
    """A publisher's answer that cannot be used; its source keeps the last good snapshot and the others go on.

    `resume_at` is set where the publisher said when it will answer again: nothing more is asked of it in this run.
    """

    def __init__(self, message: str, resume_at: str = "") -> None:
        """One line for a person, and the UTC time to resume at, if any."""
        super().__init__(message)
        self.resume_at = resume_at
