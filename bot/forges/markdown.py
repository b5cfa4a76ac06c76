"""Markdown of the forges: what people wrote, made harmless before we repeat it in a comment."""

from __future__ import annotations

import re
from urllib.parse import quote

BREAK = "\N{ZERO WIDTH SPACE}"

# Everything that can open a construct of CommonMark, of the forges' extensions (tables, math,
# quick actions) or an HTML tag, comment or entity.
PUNCTUATION = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~:/&$^=%]")

# Mentions and references are found after markdown is done, where a backslash is gone already.
REFERENCE = re.compile(r"[@#!&%~$](?=\w)")

# Controls, and what reorders or hides text (bidi, zero width, tags).
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)


def escape_markdown(text: str) -> str:
    """The text as one line that shows as written: no markup, links, mentions, markers.

    Invisible characters become a visible replacement; line ends become spaces.
    """
    line = " ".join(INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", text).split())
    return PUNCTUATION.sub(r"\\\g<0>", REFERENCE.sub(rf"\g<0>{BREAK}", line))


def marker_of(key: str) -> str:
    """The invisible first line of a comment of ours, by which it is found again.

    Nothing that people wrote can come before it, so no content can pretend that a comment was
    made.
    """
    return f"<!-- countersign:{quote(key, safe='')} -->"
