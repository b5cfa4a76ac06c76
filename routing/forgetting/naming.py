"""Finding a person in texts, and nobody else: Dana Ng is neither Danae nor Dana Kowalski."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from unicodedata import normalize

from routing.forgetting.ordinary import is_ordinary
from routing.forgetting.whom import Whom

BEFORE, AFTER = r"(?<![\w.-])", r"(?![\w-]|\.\w)"
"""Around a handle: "dana" is neither in "dana-ng" nor in "dana.ng", which may be others' logins."""

ACCOUNT_FORMS = ('"id":"{}"', "approval {}", "objection {}")
"""How what we keep holds an account without its login."""

LISTED = re.compile(r"(?:\(asked |is not one of )[^()\n;]*")
"""Where our own sentences call people by their ids."""


class Naming:
    """The ways in which texts name one person.

    `others` are names, ids, logins and addresses of other people: where one of them holds a name
    of this person, it is left alone. A handle that is an ordinary word, or somebody else's id or
    login as well, names the person only after an @ and in our own lists.
    """

    def __init__(self, whom: Whom, others: Iterable[str] = ()) -> None:
        self.whom, others = whom, tuple(others)
        self._exact = frozenset(word.casefold() for word in whom.words)
        theirs = {one for one in others if one and one.casefold() not in self._exact}
        also_theirs = {one.casefold() for one in others} & {h.casefold() for h in whom.handles}
        parts = {word.casefold() for one in theirs for word in re.split(r"[\W_]+", one)}
        single = whom.handles | {name for name in whom.names if not re.search(r"\s", name)}
        self.unclear = frozenset(
            word for word in single if is_ordinary(word) or word.casefold() in also_theirs
        ) - {word.lower() for word in whom.further}
        handles = [
            f"(?-i:{re.escape(word)})" if word.casefold() in parts else re.escape(word)
            for word in _longest_first(single - self.unclear)
        ]
        phrases = whom.further | (whom.names - single) | whom.slack
        shared = frozenset(word for word in single if word.casefold() in parts)
        self._certain = frozenset((single - self.unclear - shared) | phrases)
        hers = [
            *_made_up(whom),
            *(rf"(?<![\w.+-]){re.escape(one)}{AFTER}" for one in _longest_first(whom.emails)),
            *(rf"(?<!\w){_phrase(one)}(?!\w|-\w)" for one in _longest_first(phrases)),
            *(f"{BEFORE}{word}{AFTER}" for word in handles),
            *(rf"(?<=@){re.escape(word)}{AFTER}" for word in _longest_first(self.unclear)),
        ]
        self._hers = re.compile("|".join(hers) or r"(?!)", re.IGNORECASE)
        kept = [one for one in _longest_first(theirs) if self._hers.search(one)]
        kept_words = "|".join(rf"(?<!\w){_phrase(one)}(?!\w)" for one in kept)
        self._found = re.compile(
            f"(?P<others>{kept_words or '(?!)'})|{self._hers.pattern}", re.IGNORECASE
        )
        self._unclear_listed = re.compile(
            "|".join(f"{BEFORE}{re.escape(word)}{AFTER}" for word in self.unclear) or r"(?!)",
            re.IGNORECASE,
        )
        self._loose = re.compile(
            "|".join(
                rf"(?<![^\W_]){_phrase(word)}(?![^\W_])"
                for word in _longest_first({*single, *phrases, *whom.emails} - self.unclear)
            )
            or r"(?!)",
            re.IGNORECASE,
        )

    @property
    def phrases(self) -> frozenset[str]:
        """What names them wherever it stands, and nobody else."""
        return self._certain

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """A text without any of these, in lower case and as JSON may write it, names nobody."""
        found = {max(word.split(), key=len, default="") for word in self.whom.words}
        spelt = {form for word in found for form in _forms(word.lower())}
        every = {*spelt, *(json.dumps(one)[1:-1] for one in spelt)} - {""}
        every |= {form.format(id_) for _, id_ in self.whom.accounts for form in ACCOUNT_FORMS}
        return tuple(  # where a longer one is, so is the shorter
            sorted(
                one for one in every if not any(_ends_as_word(two, one) for two in every - {one})
            )
        )

    def may_name(self, text: str) -> bool:
        """Whether it is worth to look closer: quick, and true of every text that names them.

        The text may be JSON: what stands before a word may then be the end of an escape.
        """
        lower = text.lower()
        return any(_ends_as_word(needle, lower) for needle in self.needles)

    def is_exactly(self, value: object) -> bool:
        """Whether a value that stands for a person by itself stands for this one."""
        return isinstance(value, str) and value.casefold() in self._exact

    def names(self, text: str) -> bool:
        """Whether a text names them."""
        if not self.may_name(text):
            return False
        if any(match["others"] is None for match in self._found.finditer(text)):
            return True
        return any(self._unclear_listed.search(one[0]) for one in LISTED.finditer(text))

    def replaced(self, text: str, stand_in: str) -> str:
        """The text with the stand-in wherever it names them."""
        if not self.may_name(text):
            return text
        if self.unclear:
            text = LISTED.sub(lambda one: self._unclear_listed.sub(stand_in, one[0]), text)
        return self._found.sub(lambda one: one[0] if one["others"] is not None else stand_in, text)

    def loosely(self, text: str, stand_in: str) -> str:
        """The same for names of branches and the like, where words are joined: dana-fix."""
        return self._loose.sub(stand_in, self.replaced(text, stand_in)) if text else text

    def may_mean(self, text: str) -> bool:
        """Whether a text holds what may be them or not: unclear, or part of a longer word."""
        if not self.may_name(text):
            return False
        return bool(self._loose.search(text) or self._unclear_listed.search(text))


def _ends_as_word(needle: str, text: str) -> bool:
    at = text.find(needle)
    while at >= 0:
        end = at + len(needle)
        if not text[end : end + 1].isalnum():
            return True
        at = text.find(needle, end)
    return False


def _made_up(whom: Whom) -> Iterator[str]:
    """The addresses that forges make up for people who hide theirs."""
    for forge, login in sorted(whom.logins):
        if forge == "github":
            yield rf"(?<![\w.-])(?:\d+\+)?{re.escape(login)}@users\.noreply\.github\.com"
        elif forge.partition("-")[0] == "gitlab":
            yield rf"(?<![\w.-])\d+-{re.escape(login)}@users\.noreply\.[a-z0-9.-]+"


def _phrase(words: str) -> str:
    """Words with any spaces between them, in either of the forms that letters with marks have."""
    return (
        "(?:" + "|".join(r"\s+".join(map(re.escape, form.split())) for form in _forms(words)) + ")"
    )


def _forms(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalize(form, word) for form in ("NFC", "NFD")))


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))
