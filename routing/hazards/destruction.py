"""Does a migration destroy? It does where data is lost, or code that still runs would break."""

from __future__ import annotations

import re

DESTRUCTIVE = re.compile(
    r"\b(?:drop (?:table|column|schema|database|view|type)|truncate (?:table )?\w|delete from"
    r"|rename (?:column|to)|alter column \S+ (?:set data )?type"
    r"|(?:drop|remove|rename|truncate)_(?:table|column|columns|reference)"
    r"|(?:drop|remove|rename)(?:table|column|columns|foreign)\b"
    r"|(?:removefield|deletemodel|renamefield|renamemodel)\b)",
    re.IGNORECASE,
)
"""In SQL and in the words of the usual migration tools."""

BACK = re.compile(
    r"\b(?:def|function|async|static|override|void|exports\.) ?(?:downgrade|down)\b"
    r"|^(?:public |protected )?(?:async )?down ?[(=:]|^-- ?\+?(?:migrate|goose)? ?down\b",
    re.IGNORECASE,
)
FORTH = re.compile(
    r"\b(?:def|function|async|static|override|void|exports\.) ?(?:upgrade|up|change)\b"
    r"|^(?:public |protected )?(?:async )?up ?[(=:]|^-- ?\+?(?:migrate|goose)? ?up\b",
    re.IGNORECASE,
)
"""Where the part of a migration begins that takes it back, and the part that makes it."""

TAKES_BACK = (".down.sql", "/down.sql", ".undo.sql")
LONGEST_LINE = 4_000


def destructive_statement(patch: str, path: str) -> str | None:
    """The first added line that destroys, or None; the way back of a migration does not count."""
    if path.lower().endswith(TAKES_BACK):
        return None
    back = False
    for line in patch.split("\n"):
        text = " ".join(line[1:LONGEST_LINE].split())
        if line.startswith("@@"):
            back, text = False, text.rpartition("@@")[2].strip()
        if BACK.search(text):
            back = True
        elif FORTH.search(text):
            back = False
        elif line.startswith("+") and not back and DESTRUCTIVE.search(text):
            return text
    return None
