"""Did AI help to write a change? Evidence in, a verdict out; no signal means unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from routing.ai.catalogue import Bot, Catalogue
from routing.ai.detection import (
    Identity,
    author_evidence,
    hint_evidence,
    label_evidence,
    text_evidence,
)
from routing.ai.messages import Message, parse_body, parse_message
from routing.ai.notes import attested_lines, note_evidence, parse_ai_note
from routing.ai.signals import CATALOGUE
from routing.ai.tiers import Evidence, Tier
from routing.generated import is_generated
from routing.model import Account, Change, Commit

__all__ = [
    "AI_VERDICTS",
    "Evidence",
    "Provenance",
    "ProvenanceVerdict",
    "Tier",
    "assess_provenance",
    "assess_record",
]

GITHUB = "github"
EMPTY_COMMITS = frozenset({"initial plan", "initial plan for issue"})
"""Subjects of the empty commits that agents open a branch with: nothing is written in them."""

SHORT = 7
"""Letters of a SHA that people read."""

MOST_DIGITS = 18


class ProvenanceVerdict(StrEnum):
    """What the evidence adds up to. There is no "human": nobody can prove that."""

    AI_AUTHORED = "ai-authored"
    AI_ASSISTED = "ai-assisted"
    AI_SUGGESTION = "ai-suggestion"
    DECLARED = "declared"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"
    BOT = "bot"


AI_VERDICTS = frozenset(
    {
        ProvenanceVerdict.AI_AUTHORED,
        ProvenanceVerdict.AI_ASSISTED,
        ProvenanceVerdict.AI_SUGGESTION,
        ProvenanceVerdict.DECLARED,
    }
)

VERDICTS = {
    Tier.AGENT: ProvenanceVerdict.AI_AUTHORED,
    Tier.TOOL: ProvenanceVerdict.AI_ASSISTED,
    Tier.SUGGESTION: ProvenanceVerdict.AI_SUGGESTION,
    Tier.DECLARED: ProvenanceVerdict.DECLARED,
    Tier.HINT: ProvenanceVerdict.POSSIBLE,
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """The verdict with everything it rests on, strongest evidence first.

    `tools` are those that the verdict rests on. `assisted_lines` counts the lines that AI may
    have had a hand in, see `assess_provenance`. `bot` says that the author is automation that is
    not AI.
    """

    verdict: ProvenanceVerdict = ProvenanceVerdict.UNKNOWN
    tier: Tier | None = None
    tools: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    assisted_lines: int = 0
    bot: bool = False

    @property
    def ai(self) -> bool:
        """Whether AI counts as having helped (never on a hint alone)."""
        return self.verdict in AI_VERDICTS


def assess_provenance(
    change: Change,
    catalogue: Catalogue = CATALOGUE,
    notes: Mapping[str, str] | None = None,
    declared: Iterable[Evidence] = (),
    disregarded: Collection[Evidence] = (),
) -> Provenance:
    """Weigh everything that a change says about AI, before a squash erases it.

    `notes` are the texts of `refs/notes/ai` by commit SHA, `declared` what the author says
    elsewhere, `disregarded` evidence that somebody with the right to it has cleared.

    Commits have no line counts of their
    own here, so `assisted_lines` is every line the change adds to files that people write, as
    soon as evidence stands anywhere; where every commit has a readable note, it is the lines
    they attest, if fewer. Who merely committed counts for nothing: a rebase makes a committer
    of anybody.
    """
    request, notes = change.merge_request, notes or {}
    bot = _bot_of_account(request.author, catalogue)
    evidence = [
        *author_evidence(_identity(request.author), "author login", catalogue),
        *_body_evidence(parse_body(request.body), bot, catalogue),
        *label_evidence(request.labels, catalogue),
        *hint_evidence(request.head_branch, catalogue),
        *declared,
    ]
    attested: list[int | None] = []
    for commit in change.commits:
        attestations = parse_ai_note(notes.get(commit.sha, ""))
        place = f"commit {commit.sha[:SHORT]}"
        evidence += _commit_evidence(_signer(commit), commit.message, place, catalogue)
        evidence += note_evidence(attestations, f"{place} note")
        attested.append(attested_lines(attestations) if attestations else None)
    found = _weighed((one for one in evidence if one not in disregarded), bot=bot is not None)
    return replace(found, assisted_lines=_assisted_lines(change, attested) if found.ai else 0)


def assess_record(record: Mapping[str, object], catalogue: Catalogue = CATALOGUE) -> Provenance:
    """Weigh one loose record of a commit or merge request; what is missing is passed over.

    The keys are `author_name`, `author_email`, `message`, `branch`, `author_login`, `body` and
    `labels`; `title` and `committer_email` are known but prove nothing (a title names what a
    change is about, a rebase makes a committer of anybody). Values of other types than text
    (labels: a list of it) count as missing.
    """
    text = {key: value for key, value in record.items() if isinstance(value, str)}
    labels = record.get("labels")
    login = text.get("author_login", "")
    signer = Identity(text.get("author_name", ""), text.get("author_email", ""))
    bot = catalogue.bot_of(login, "") if login else catalogue.bot_of(signer.name, signer.address)
    return _weighed(
        [
            *author_evidence(Identity(login=login), "author login", catalogue),
            *_commit_evidence(signer, text.get("message", ""), "commit", catalogue),
            *_body_evidence(parse_body(text.get("body", "")), bot, catalogue),
            *label_evidence(_texts(labels), catalogue),
            *hint_evidence(text.get("branch", ""), catalogue),
        ],
        bot=bot is not None,
    )


def _commit_evidence(
    signer: Identity, text: str, place: str, catalogue: Catalogue
) -> Iterator[Evidence]:
    message = parse_message(text)
    if message.subject.rstrip(".").lower() in EMPTY_COMMITS:
        return
    yield from author_evidence(signer, f"{place} author", catalogue)
    bot = catalogue.bot_of(signer.name, signer.address)
    yield from text_evidence(message, place, catalogue, quotes=bot is not None and bot.quotes)


def _body_evidence(body: Message, bot: Bot | None, catalogue: Catalogue) -> Iterable[Evidence]:
    """What a body says; nothing, where its author repeats other projects' release notes."""
    return () if bot is not None and bot.quotes else text_evidence(body, "body", catalogue)


def _weighed(evidence: Iterable[Evidence], *, bot: bool) -> Provenance:
    found = tuple(sorted(dict.fromkeys(evidence), key=lambda one: one.tier))
    tier = found[0].tier if found else None
    verdict = VERDICTS[tier] if tier is not None else ProvenanceVerdict.UNKNOWN
    if bot and verdict not in AI_VERDICTS:
        verdict = ProvenanceVerdict.BOT
    behind = found if verdict not in AI_VERDICTS else [it for it in found if it.tier != Tier.HINT]
    tools = tuple(dict.fromkeys(one.tool for one in behind))
    return Provenance(verdict, tier, tools, found, bot=bot)


def _assisted_lines(change: Change, attested: list[int | None]) -> int:
    added = sum(file.additions for file in change.files if not is_generated(file.path))
    known = [lines for lines in attested if lines is not None]
    return min(added, sum(known)) if known and len(known) == len(attested) else added


def _signer(commit: Commit) -> Identity:
    author = commit.author
    identity = _identity(author.account)
    return replace(identity, name=author.name, address=author.email)


def _identity(account: Account | None) -> Identity:
    """An account as an identity; ids of other forges than GitHub are other people's."""
    if account is None:
        return Identity()
    known = account.forge == GITHUB and account.id.isascii() and account.id.isdecimal()
    return Identity(login=account.login, account=int(account.id[:MOST_DIGITS]) if known else None)


def _bot_of_account(account: Account, catalogue: Catalogue) -> Bot | None:
    """The automation behind an account: what the catalogue or the forge says, agents apart."""
    identity = _identity(account)
    if catalogue.agent_of_account(identity.account, identity.login) is not None:
        return None
    return catalogue.bot_of(account.login, "") or (Bot(account.login) if account.bot else None)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))
