"""What is kept as JSON, with a stand-in wherever it names one person, and without their words.

Values that stand for a person by themselves are held against all their ids and logins; sentences
are searched for their names. Addresses of merge requests, commits and files stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from routing.forgetting.naming import Naming
from routing.trail import Plain

ERASED = "[erased]"
"""What is read in the place of a text that is gone."""

PEOPLE = frozenset(
    {
        *("person", "author", "author_person", "by", "second", "followed_up_by", "shadow"),
        *("slack", "to", "instead_of", "substitute", "could", "logins", "people"),
    }
)
"""Under these keys stand people: ids, Slack ids, logins, or the name of an author."""

CALLED = frozenset({"person", "by", "slack"})
"""Whoever stands under these in an object is who it is about, or whose words it holds."""

SPOKEN = frozenset({"sentence", "why", "comment", "note", "text", "said"})
"""The words of an object, about that person or by them."""

REASONED = frozenset({"override_given", "mark_cleared"})
"""Kinds of events whose reason is in somebody's own words, not one of a few."""

BY_PERSON = frozenset({"names", "next_up", "requested"})
"""Objects whose keys are people."""

PLACES = frozenset(
    {
        *("ref", "project", "project_id", "forge", "url", "sha", "head_sha", "base_branch", "onto"),
        *("policy_hash", "ts", "places", "path", "kind", "state", "stance", "via", "topic", "step"),
    }
)
"""Under these stand addresses and words of ours: they are nobody's name."""

JOINED = frozenset({"head_branch", "key"})
"""Names of things, in which words are joined."""

HELD = (str, list, dict)
"""What can hold a name; numbers are most of what is there besides."""

SEEN = re.compile(r"(approval|objection) (\d+) (.*)")
"""How a forge without ids of opinions has them named: with the account's."""


def forgotten_in(document: Plain, naming: Naming, stand_in: str) -> Plain:
    """The document as it reads when nobody can tell any more who that person was."""
    own = tuple(sorted({*_own_words(document, naming)}, key=len, reverse=True))
    return _Forgetting(naming, stand_in, own).value(document, "")


def read_document(text: str) -> Plain:
    """JSON text as a value; text that is none is a value as it is."""
    try:
        found: Plain = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found


def write_document(document: Plain) -> str:
    """The JSON text of a value, letter for letter as it is read by people."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a letter, left by another hand than ours
        return json.dumps(document, separators=(",", ":"))
    return text


@dataclass(frozen=True, slots=True)
class _Forgetting:
    """`own` are texts that the person wrote, which sentences about them may quote."""

    naming: Naming
    stand_in: str
    own: tuple[str, ...]

    def value(self, value: Plain, key: str, *, spoken: frozenset[str] = frozenset()) -> Plain:
        if isinstance(value, str):
            return self.text(value, key, spoken)
        if isinstance(value, list):
            return [self.value(one, key, spoken=spoken) for one in value]
        if isinstance(value, dict):
            return self.keyed(value) if key in BY_PERSON else self.object(value)
        return value

    def object(self, found: dict[str, Plain]) -> Plain:
        spoken = _spoken_in(found, self.naming)
        return {
            self.account(name) if " " in name else name: self.value(inner, name, spoken=spoken)
            if isinstance(inner, HELD)
            else inner
            for name, inner in found.items()
        }

    def keyed(self, found: Mapping[str, Plain]) -> Plain:
        hers = self.naming.is_exactly
        return {
            self.stand_in if hers(who) else who: self.stand_in
            if hers(who) and isinstance(inner, str)
            else self.value(inner, "")
            for who, inner in found.items()
        }

    def account(self, key: str) -> str:
        """The name of an opinion on the forge, without the account it came from."""
        found = SEEN.fullmatch(key)
        if found is None or all(found[2] != id_ for _, id_ in self.naming.whom.accounts):
            return key
        return f"{found[1]} {self.stand_in} {found[3]}"

    def text(self, text: str, key: str, spoken: frozenset[str]) -> str:
        if key in spoken:
            return (self.stand_in if key == "name" else ERASED) if text else text
        if key in PEOPLE or key == "channel":  # a person's own digest goes to a channel of their id
            return self.stand_in if self.naming.is_exactly(text) else text
        if key in PLACES:
            return text
        if key in JOINED:
            return self.naming.loosely(text, self.stand_in)
        without = self.naming.replaced(text, self.stand_in)
        if without != text:
            for words in self.own:
                without = without.replace(words, ERASED)
        return without


def _spoken_in(found: dict[str, Plain], naming: Naming) -> frozenset[str]:
    """The keys of an object under which stand the person's words, or words about them."""
    if not (_is_about(found, naming) or _is_about(found.get("click"), naming)):
        return frozenset()
    reasoned = found.get("kind") in REASONED or (
        "reason" in found and not found.keys().isdisjoint({"by", "evidence"})
    )
    return SPOKEN | {"name"} | ({"reason"} if reasoned else set())


def _is_about(found: Plain, naming: Naming) -> bool:
    if not isinstance(found, dict) or CALLED.isdisjoint(found):
        return False
    return any(naming.is_exactly(found.get(key)) for key in CALLED)


def _own_words(document: Plain, naming: Naming) -> Iterator[str]:
    if isinstance(document, list):
        for one in document:
            yield from _own_words(one, naming)
    elif isinstance(document, dict):
        spoken = _spoken_in(document, naming) - {"name", "sentence", "why"}
        for key, inner in document.items():
            if isinstance(inner, str):
                if inner and key in spoken:
                    yield inner
            elif isinstance(inner, HELD):
                yield from _own_words(inner, naming)
