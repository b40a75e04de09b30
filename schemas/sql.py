"""Texts and names as SQL writes them.

Belongs here: quoting, for whoever writes SQL. Does not belong here: any query; nothing heavy to import.
"""


def quoted(text: str) -> str:
    """Text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """The name of a table or column as SQL writes it, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'
