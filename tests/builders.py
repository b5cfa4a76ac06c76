"""Builders for tests: each shows what matters to the test and leaves the rest to habit.

Somebody called "ana" is Ana, @ana on GitHub, U0ANA in Slack and ana@example.com.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from routing.events import (
    ApprovalGiven,
    ChangesRequested,
    Click,
    DeclineReason,
    EscalationDue,
    MergeRequestTouched,
    ReviewAssigned,
    ReviewClaimed,
    ReviewDeclined,
    ReviewSnoozed,
)
from routing.facts import Facts
from routing.levels import Level
from routing.model import (
    Account,
    Change,
    ChangedFile,
    Commit,
    ForgeReview,
    MergeRequest,
    Ref,
    ReviewState,
    Signature,
    State,
)
from routing.owners.ownership import Owner, Ownership, OwningRule, Section
from routing.people import People, Person
from routing.policy import AllOf, AnyOf, Approvals, Policy, Qualification, Requirement, Rule, When

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
"""A Monday morning."""

REF = Ref("github", "acme/shop", 7)
HEAD, BASE = "1111111111", "main"
AI_TRAILER = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


def a_person(who: str, *, years: int | None = 3, **more: Any) -> Person:
    """Somebody with so many years in the company, at work on weekdays from 9:00 to 17:30 UTC."""
    return Person(
        id=who,
        name=who.title(),
        slack=more.pop("slack", f"U0{who.upper()}"),
        logins=more.pop("logins", {"github": who}),
        emails=more.pop("emails", (f"{who}@example.com",)),
        started=None if years is None else date(NOW.year - years, 1, 1),
        **more,
    )


def an_account(who: str, **more: Any) -> Account:
    """Somebody's account on the forge, with an id of its own."""
    return Account("github", more.pop("id", f"id-{who}"), more.pop("login", who), **more)


def a_file(
    path: str = "src/app.py", lines: int = 5, deletions: int = 0, **more: Any
) -> ChangedFile:
    """A changed file with so many lines added, all of them shown."""
    body = ["-old = 1"] * deletions + ["+new = 1"] * lines
    patch = "\n".join([f"@@ -1,{deletions} +1,{lines} @@", *body])
    return ChangedFile(path, lines, deletions, patch=more.pop("patch", patch), **more)


def a_commit(
    author: str = "ana", *, committer: str | None = None, message: str = "Do it", **more: Any
) -> Commit:
    """A commit; the forge knows who is behind it. `signed` stands for author and committer."""
    signed = more.pop("signed", a_signature(author))
    return Commit(
        sha=more.pop("sha", HEAD),
        author=signed,
        committer=signed if committer is None else a_signature(committer),
        message=message,
    )


def a_signature(who: str, **more: Any) -> Signature:
    """Somebody's name under a commit."""
    email = more.pop("email", f"{who}@example.com")
    return Signature(who.title(), email, more.pop("at", NOW), more.pop("account", an_account(who)))


def a_stranger(email: str = "nobody@nowhere.example") -> Signature:
    """A name under a commit that belongs to nobody known here."""
    return Signature("Nobody", email, NOW)


def a_change(
    author: str = "ana",
    *,
    head: str = HEAD,
    base: str = BASE,
    files: Iterable[ChangedFile] = (a_file(),),
    commits: Iterable[Commit] | None = None,
    gaps: tuple[str, ...] = (),
    **more: Any,
) -> Change:
    """A merge request with one small file and one commit of its author's; `more` goes to it."""
    request = MergeRequest(
        ref=more.pop("ref", REF),
        project_id="42",
        title=more.pop("title", "Add a page"),
        body=more.pop("body", ""),
        author=more.pop("account", an_account(author)),
        state=more.pop("state", State.OPEN),
        draft=more.pop("draft", False),
        head_sha=head,
        head_branch="feature",
        base_branch=base,
        base_sha="b" * 10,
        url="https://github.example/acme/shop/pull/7",
        opened_at=NOW,
        **more,
    )
    written = (a_commit(author, sha=head),) if commits is None else tuple(commits)
    return Change(request, tuple(files), written, gaps)


def a_team(*people: Person, pins: Mapping[tuple[str, str], str] | None = None) -> People:
    """These people and no others."""
    return People(people, pins or {})


def facts(*people: Person, change: Change | None = None, **more: Any) -> Facts:
    """What is known of a change; with nobody named, Ana, Dana and Omar work here."""
    team = people or tuple(a_person(who) for who in ("ana", "dana", "omar"))
    pins = more.pop("pins", None)
    return Facts(change or a_change(), a_team(*team, pins=pins), **more)


def owned(*owners: str, section: str | None = None, approvals: int = 1) -> Ownership:
    """What CODEOWNERS say of a path that these own; with `approvals` 0 the section is optional."""
    its = Section(section, approvals == 0, approvals) if section is not None else None
    return Ownership((OwningRule(1, "*", tuple(Owner(written) for written in owners), its),))


def one(count: int = 1, **wanted: Any) -> Approvals:
    """So many approvals, by people with this qualification; by anyone if none is named."""
    return Approvals(count, Qualification(**wanted))


def seniors(count: int = 1) -> Approvals:
    """So many approvals by people with five years in the company."""
    return one(count, min_tenure=60)


def experts(count: int = 1) -> Approvals:
    """So many approvals by experts."""
    return one(count, min_expertise=Level.EXPERT)


def any_of(*parts: Requirement) -> AnyOf:
    """One of these is enough."""
    return AnyOf(parts)


def all_of(*parts: Requirement) -> AllOf:
    """All of these, each by different people."""
    return AllOf(parts)


def a_rule(require: Requirement | None = None, name: str = "everything", **when: Any) -> Rule:
    """A rule; without conditions it applies to every change, by habit for one approval."""
    return Rule(name, When(**when), require or one())


def policy(*rules: Rule | Requirement, **more: Any) -> Policy:
    """A policy of these rules; a bare requirement is a rule for every change."""
    given = rules or (one(),)
    return Policy(
        hash=more.pop("hash", "policy-1"),
        rules=tuple(
            rule if isinstance(rule, Rule) else a_rule(rule, name=f"rule {number}")
            for number, rule in enumerate(given, start=1)
        ),
        **more,
    )


def a_click(who: str, *, head: str = HEAD, base: str = BASE, **more: Any) -> Click:
    """A click on a card that showed this head and base."""
    slack = more.pop("slack", None) or f"U0{who.upper()}"
    return Click(slack, more.pop("home", True), "C0REVIEWS", head, base, **more)


def approves(who: str, **card: Any) -> ApprovalGiven:
    """Somebody clicks Approve."""
    return ApprovalGiven(REF, a_click(who, **card))


def objects(who: str, comment: str = "Name it better", **card: Any) -> ChangesRequested:
    """Somebody asks for changes in Slack."""
    return ChangesRequested(REF, a_click(who, **card), comment)


def declines(
    who: str, reason: DeclineReason = DeclineReason.BUSY, note: str = "", **card: Any
) -> ReviewDeclined:
    """Somebody who was asked says no."""
    return ReviewDeclined(REF, a_click(who, **card), reason, note)


def snoozes(who: str, until: str = "2h", **card: Any) -> ReviewSnoozed:
    """Somebody who was asked wants to hear of it again later."""
    return ReviewSnoozed(REF, a_click(who, **card), until)


def claims(who: str, **card: Any) -> ReviewClaimed:
    """Somebody says that they are on it."""
    return ReviewClaimed(REF, a_click(who, **card))


def assigns(who: str, to: str, instead_of: str | None = None, **card: Any) -> ReviewAssigned:
    """Somebody gives the review to somebody else."""
    return ReviewAssigned(REF, a_click(who, **card), f"U0{to.upper()}", instead_of)


def touched(head: str | None = None, base: str | None = None) -> MergeRequestTouched:
    """The forge says: look again."""
    return MergeRequestTouched(REF, head, base)


def due(at: datetime = NOW) -> EscalationDue:
    """A deadline of the ladder has passed."""
    return EscalationDue(REF, at)


def on_the_forge(
    who: str, state: ReviewState = ReviewState.APPROVED, *, sha: str = HEAD, **more: Any
) -> ForgeReview:
    """A review left on the forge itself."""
    return ForgeReview(
        id=more.pop("id", f"{who}-{state.value}-{sha}"),
        account=more.pop("account", an_account(who)),
        state=state,
        sha=sha,
        base=more.pop("base", BASE),
        at=more.pop("at", NOW),
    )
