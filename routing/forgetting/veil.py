"""The forge's past without those who were forgotten: a stand-in for their accounts and names.

The forge still tells who wrote and reviewed what. What it says of them is changed before anything
else sees it, so that reading the past anew does not bring anybody back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from routing.forgetting.naming import Naming
from routing.forgetting.whom import Whom
from routing.model import (
    Account,
    Change,
    ChangedFile,
    Commit,
    ForgeReview,
    MergedRequest,
    MergeRequest,
    PastChange,
    Signature,
)
from routing.people import account_identity, mail_identity

Known = Callable[[str], str | None]
"""Who stands for an identity (`people.Identity`); None for whoever was not forgotten."""

TRAILER = re.compile(
    r"^[ \t]*[\w-]{1,40}-by:[ \t]*([^<\n]{0,200}?)[ \t]*<([^<>\s]{3,254})>",
    re.IGNORECASE | re.MULTILINE,
)


def without_forgotten(change: PastChange, known: Known) -> PastChange:
    """A line of the history in which stand-ins wrote and reviewed."""

    def named(identities: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known(identity) or identity for identity in identities))

    return replace(change, authors=named(change.authors), reviewers=named(change.reviewers))


def veiled(
    found: MergedRequest, known: Known, said: Mapping[str, frozenset[str]] | None = None
) -> MergedRequest:
    """A merge request and its reviews in which stand-ins did what the forgotten have done.

    `said` are words of its texts that speak of one of them, by who stands for them.
    """
    met = dict(_met(found, known))
    for stand_in, words in (said or {}).items():
        met[stand_in] = met.get(stand_in, Whom(stand_in)).joined(Whom("", further=words))
    if not met:
        return found
    veil = _Veil(known, {stand_in: Naming(whom) for stand_in, whom in met.items()})
    return MergedRequest(veil.change(found.change), tuple(map(veil.review, found.reviews)))


def texts_of(found: MergedRequest) -> Iterator[str]:
    """Every text of a merge request that people wrote."""
    request = found.change.merge_request
    yield from (request.title, request.body, request.head_branch, *request.labels)
    yield from (commit.message for commit in found.change.commits)
    yield from (file.patch for file in found.change.files if file.patch is not None)
    yield from (*found.change.gaps, *found.change.unknown_hands, *found.change.notes.values())


def reworded(found: MergedRequest, naming: Naming, stand_in: str) -> MergedRequest:
    """The same with a stand-in wherever a text names somebody; accounts stay as they are."""

    def reword(text: str) -> str:
        return naming.replaced(text, stand_in)

    change, request = found.change, found.change.merge_request
    texts = replace(
        request,
        title=reword(request.title),
        body=reword(request.body),
        head_branch=naming.loosely(request.head_branch, stand_in),
        labels=tuple(map(reword, request.labels)),
    )
    commits = (_commit_reworded(one, reword) for one in change.commits)
    return replace(
        found,
        change=replace(
            change,
            merge_request=texts,
            commits=tuple(commits),
            files=tuple(_file_reworded(file, reword) for file in change.files),
            gaps=tuple(map(reword, change.gaps)),
            unknown_hands=tuple(map(reword, change.unknown_hands)),
            notes={sha: reword(note) for sha, note in change.notes.items()},
        ),
    )


def _commit_reworded(commit: Commit, reword: Callable[[str], str]) -> Commit:
    def signed(by: Signature) -> Signature:
        return replace(by, name=reword(by.name), email=reword(by.email))

    return replace(
        commit,
        author=signed(commit.author),
        committer=signed(commit.committer),
        message=reword(commit.message),
    )


def _file_reworded(file: ChangedFile, reword: Callable[[str], str]) -> ChangedFile:
    return replace(file, patch=reword(file.patch) if file.patch is not None else None)


def _met(found: MergedRequest, known: Known) -> Iterator[tuple[str, Whom]]:
    """Each of the forgotten that a merge request names, by what they go there."""
    met: dict[str, Whom] = {}
    for identity, whom in _everybody(found):
        stand_in = known(identity)
        if stand_in is not None:
            met[stand_in] = met.get(stand_in, Whom(stand_in)).joined(whom)
    yield from met.items()


def _everybody(found: MergedRequest) -> Iterator[tuple[str, Whom]]:
    """Identities, each with what goes with it."""
    request = found.change.merge_request
    accounts = [request.author, request.pusher, *(one.account for one in found.reviews)]
    yield from (_of_account(account) for account in accounts if account is not None)
    for commit in found.change.commits:
        for one in (commit.author, commit.committer):
            named = Whom("", names=frozenset({one.name} - {""}))
            mail, whom = _of_mail(one.email)
            yield mail, whom.joined(named)
            if one.account is not None:
                account, its = _of_account(one.account)
                yield account, its.joined(whom).joined(named)
        for name, email in TRAILER.findall(commit.message):
            mail, whom = _of_mail(email)
            yield mail, whom.joined(Whom("", names=frozenset({name} - {""})))


def _of_account(account: Account) -> tuple[str, Whom]:
    login = frozenset({(account.forge, account.login.lower())})
    its = Whom("", logins=login, accounts=frozenset({(account.forge, account.id)}))
    return account_identity(account), its


def _of_mail(email: str) -> tuple[str, Whom]:
    return mail_identity(email), Whom("", emails=frozenset({email.lower()} - {""}))


@dataclass(frozen=True, slots=True)
class _Veil:
    """Puts stand-ins in place; `namings` find by name whoever each of them stands for."""

    known: Known
    namings: Mapping[str, Naming]

    def account(self, account: Account) -> Account:
        stand_in = self.known(account_identity(account))
        if stand_in is None:
            return account
        return replace(account, id=stand_in, login=stand_in)

    def signature(self, signed: Signature) -> Signature:
        account = self.account(signed.account) if signed.account is not None else None
        by_mail = self.known(mail_identity(signed.email))
        stand_in = by_mail or (account.login if account != signed.account and account else None)
        if stand_in is None:
            return signed
        return replace(signed, name=stand_in, email=stand_in, account=account)

    def commit(self, commit: Commit) -> Commit:
        return replace(
            commit,
            author=self.signature(commit.author),
            committer=self.signature(commit.committer),
        )

    def request(self, request: MergeRequest) -> MergeRequest:
        return replace(
            request,
            author=self.account(request.author),
            pusher=self.account(request.pusher) if request.pusher is not None else None,
        )

    def change(self, change: Change) -> Change:
        who = replace(
            change,
            merge_request=self.request(change.merge_request),
            commits=tuple(map(self.commit, change.commits)),
        )
        texts = MergedRequest(who, ())
        for stand_in, naming in self.namings.items():
            texts = reworded(texts, naming, stand_in)
        return texts.change

    def review(self, review: ForgeReview) -> ForgeReview:
        account = self.account(review.account)
        if account == review.account:
            return review
        # Where a forge has no ids of opinions, ours hold the account's.
        id_ = review.id.replace(f" {review.account.id} ", f" {account.id} ")
        return replace(review, id=id_, account=account)
