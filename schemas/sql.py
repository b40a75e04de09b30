"""Quote text and names for SQL. Import nothing heavy here."""


def quoted(text: str) -> str:
    """Return text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return the name of a table or column quoted for SQL, whatever its characters."""
    return '"' + name.replace('"', '""') + '"'
