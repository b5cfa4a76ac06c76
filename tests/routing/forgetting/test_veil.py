"""The forge's past, as it tells it, with stand-ins for those who were forgotten."""

from __future__ import annotations

from routing.forgetting.veil import texts_of, veiled, without_forgotten
from routing.forgetting.whom import Whom, marks_of, phrases_in, whom_of, word_marks
from routing.model import Account, MergedRequest, PastChange, ReviewState, State
from routing.people import account_identity, mail_identity
from tests.builders import (
    NOW,
    a_change,
    a_commit,
    a_file,
    a_person,
    a_signature,
    an_account,
    on_the_forge,
)
from tests.routing.forgetting.people import DANA, HER


def known(identity: str) -> str | None:
    return HER if DANA.has(identity) else None


def test_the_lines_of_the_history_name_the_stand_in_once() -> None:
    account = account_identity(Account("github", "1001", "dana-ng"))
    change = PastChange("1", NOW, ("mail:dana@example.com", account, "dana"), ("kim",))
    after = without_forgotten(change, known)
    assert (after.authors, after.reviewers) == ((HER,), ("kim",))


def test_accounts_signatures_and_trailers_are_a_stand_ins() -> None:
    dana = an_account("dana-ng", id="1001")
    commit = a_commit(
        signed=a_signature("Dana Ng", email="dana@example.com", account=dana),
        message="Sum up\n\nReviewed-by: Dana Ng <dana@example.com>",
    )
    request = MergedRequest(
        a_change(
            account=dana,
            commits=[commit],
            title="Sums of dana-ng",
            body="by Dana Ng",
            state=State.MERGED,
            files=[a_file("CODEOWNERS")],
        ),
        (on_the_forge("dana", account=dana, id="approval 1001 2026"), on_the_forge("omar")),
    )
    after = veiled(request, known)
    merge_request = after.change.merge_request
    assert merge_request.author == Account("github", HER, HER)
    assert (merge_request.title, merge_request.body) == (f"Sums of {HER}", f"by {HER}")
    assert after.change.commits[0].author.name == after.change.commits[0].author.email == HER
    assert after.change.commits[0].message.endswith(f"Reviewed-by: {HER} <{HER}>")
    assert [one.id for one in after.reviews] == [
        f"approval {HER} 2026",
        f"omar-{ReviewState.APPROVED.value}-1111111111",
    ]
    assert after.reviews[1] == request.reviews[1]


def test_words_that_are_known_again_are_replaced_without_an_account() -> None:
    request = MergedRequest(a_change(title="Danang's sums"), ())
    after = veiled(request, lambda _: None, {HER: frozenset({"danang"})})
    assert next(texts_of(after)) == f"{HER}'s sums"


def test_a_merge_request_of_others_stays_as_it_is() -> None:
    request = MergedRequest(a_change(), (on_the_forge("omar"),))
    assert veiled(request, known) is request


def test_an_account_is_known_by_its_id_and_not_by_a_login_that_was_recycled() -> None:
    assert DANA.has(account_identity(Account("github", "1001", "renamed")))
    assert not DANA.has(account_identity(Account("github", "9", "dana-ng")))
    assert DANA.has(account_identity(Account("gitlab", "77", "dana.ng")))


def test_addresses_that_forges_make_up_are_known_by_the_login() -> None:
    assert DANA.has(mail_identity("1001+dana-ng@users.noreply.github.com"))
    assert DANA.has(mail_identity("77-dana.ng@users.noreply.gitlab.example"))
    assert not DANA.has(mail_identity("dana-ng@example.com"))


def test_what_was_named_by_hand_is_an_address_or_a_login_anywhere() -> None:
    whom = Whom("dana", further=frozenset({"dn"}))
    assert whom.has(account_identity(Account("gitlab-2", "5", "DN")))
    assert whom.has("dn")
    assert not whom.has("mail:dn@example.com")


def test_somebody_of_the_people_file_goes_by_everything_in_it() -> None:
    whom = whom_of(a_person("dana", logins={"github": "Dana-NG"}))
    assert whom.words == ("Dana", "U0DANA", "dana", "dana-ng", "dana@example.com")


def test_names_are_known_again_among_the_words_of_a_text() -> None:
    marks = word_marks(["Dana Ng", "dana-ng", "danang"])
    for text in ("by Dana  Ng.", "ask @dana-ng", "danang-sums", "# TODO(danang)"):
        assert marks & word_marks(phrases_in(text)), text
    assert not marks & word_marks(phrases_in("Danang2 or dana ngo"))
    assert marks_of("dana") == ("person:dana", "further:dana")
