"""Write a count with its noun in singular or plural, for messages and charts."""


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 drill`, `2 drills`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
