"""What people write that is parsed: files, trailers, slash text. Nobody stands between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path

from bot.slack.commands import parse_command
from routing.files.default_policy import DEFAULT_POLICY
from routing.files.people_file import parse_people
from routing.files.policy_file import parse_policy, parse_repository_policy
from routing.files.problems import InvalidFile
from routing.files.yaml_text import MAX_CHARACTERS
from routing.owners.codeowners import Dialect, parse_codeowners
from routing.provenance import assess_record
from torture.doors import Act, Door

ORGANISATION = parse_policy(DEFAULT_POLICY, "policy.yml")
EXAMPLES = Path(__file__).parents[1] / "examples"

COMMANDS = (b"mine", b"why https://x.example/1", b"status all", b"away until 2026-12-01", b"help")
OWNERS = (
    b"* @all\n/docs/ @dora dora@example.com\n^[Data][2] @dana\n*.sql @@maintainer\n!/x/*\n",
    b"# comment\n[Docs]\n/docs/**/*.md @acme/docs\n\\#odd\\ name @ana # why\n",
)
MESSAGES = (
    b"Retry\n\nCo-Authored-By: Claude <noreply@anthropic.com>\nSigned-off-by: A <a@b.c>\n",
    b"Merge branch x\n\n* one\n* two\n\nAssisted-by: House tool\n---\n",
)
LONG_POLICIES = (
    ("rules: [", "{},", "{}]"),
    ("", "rulez%d: 1\n", ""),
    ("rules:\n", "  - {nam%d: x, requir: {approvalz: 1}, wen: {path: q}}\n", ""),
    ("rules:\n", "  - {name: x%d, when: {all: [{any: [{not: {path: q}},{},{x: y}]},{}]}}\n", ""),
    ("rules: [{name: x, require: {all: [", "{any: [{}]},", "{}]}}]"),
    ("domains:\n", "  d%d: {paths: [q], chanel: y}\n", ""),
    ("domains: {d: {paths: [", "'**/a*/**/*?c',", "x]}}"),
    ("digests: [", "{},", "{}]"),
    ("x:\n", "  - &a%d !t 1\n", ""),
)
"""How a file begins, what it repeats until it is as long as it may be, and how it ends."""

MISTAKES = (
    ("rules:\n", 100, "  - {name: r%d, require: {all: [", 20, "{approval%d: 1},", "]}}\n"),
    ("rules:\n", 190, "  - {name: r%d, ", 25, "requi%d: 1, ", "}\n"),
    ("domains:\n", 90, "  d%d: {paths: [", 50, "'a[%d',", "]}\n"),
    ("digests:\n", 190, "  - {channel: x, at: '%d', ", 20, "da%d: y, ", "}\n"),
    (
        "".join(("domains:\n", *(f"  d{n}: {{paths: [q]}}\n" for n in range(100)), "rules:\n")),
        *(40, "  - {name: r%d, require: {approvals: 1}, when: {domains: ["),
        *(100, "dd%d,", "]}}\n"),
    ),
)
"""Files with as many mistakes as values: a beginning, and so many entries of so many each."""


def text_doors() -> Mapping[str, Door]:
    """Every parser of text, by what it reads."""
    people = EXAMPLES / "people.yml"
    policies = [one.read_bytes() for one in sorted(EXAMPLES.glob("*.yml")) if one != people]
    longest = (
        *(_long(*parts) for parts in LONG_POLICIES),
        *(_mistaken(*parts) for parts in MISTAKES),
    )
    return {
        "policy files": Door(
            policies, _reading(lambda text: parse_policy(text, "policy.yml")), longest
        ),
        "repositories' policies": Door(
            policies,
            _reading(lambda text: parse_repository_policy(text, "added.yml", ORGANISATION)),
            longest,
        ),
        "people files": Door(
            (people.read_bytes(),), _reading(lambda text: parse_people(text, "people.yml"))
        ),
        "CODEOWNERS of GitHub": Door(
            OWNERS, _reading(lambda text: parse_codeowners(text, Dialect.GITHUB))
        ),
        "CODEOWNERS of GitLab": Door(
            OWNERS, _reading(lambda text: parse_codeowners(text, Dialect.GITLAB))
        ),
        "commit messages": Door(MESSAGES, _reading(lambda text: assess_record({"message": text}))),
        "/review …": Door(COMMANDS, _reading(parse_command)),
    }


def _long(head: str, repeated: str, tail: str) -> bytes:
    text, numbers = f"version: 1\n{head}", count()
    while len(text) < MAX_CHARACTERS - len(tail) - 2 * len(repeated):
        text += repeated.replace("%d", str(next(numbers)))
    return f"{text}{tail}\n".encode()


def _mistaken(
    head: str, entries: int, opening: str, mistakes: int, mistake: str, end: str
) -> bytes:
    wrong = "".join(mistake.replace("%d", str(number)) for number in range(mistakes))
    listed = (opening.replace("%d", str(number)) + wrong + end for number in range(entries))
    return f"version: 1\n{head}{''.join(listed)}".encode()


def _reading(read: Callable[[str], object]) -> Act:
    """Read it; a file may be refused with its problems, and nothing else may come out."""

    async def act(thrown: bytes) -> None:
        with suppress(InvalidFile):
            read(thrown.decode("utf-8", "replace"))

    return act
