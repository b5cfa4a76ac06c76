"""Dana is found wherever she is named, and nobody else is taken for her."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.forgetting.naming import Naming
from routing.forgetting.whom import Whom

DANA = Whom(
    "dana",
    names=frozenset({"Dana Ng"}),
    slack=frozenset({"U0DANA"}),
    logins=frozenset({("github", "dana-ng"), ("gitlab", "dana.ng")}),
    emails=frozenset({"dana@example.com"}),
)
MAY = Whom("may", names=frozenset({"May Li"}), logins=frozenset({("github", "may-li")}))
OTHERS = ("Dana Kowalski", "dana-k", "dana.k@example.com", "Danae", "Kim Roy")
HER = "erased-7f3a"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Dana Ng opened it", f"{HER} opened it"),
        ("DANA NG, and dana ng", f"{HER}, and {HER}"),
        ("Dana\n  Ng", HER),
        ("as dana said.", f"as {HER} said."),
        ("ask @dana-ng or @dana.ng", f"ask @{HER} or @{HER}"),
        ("<@U0DANA> clicked", f"<@{HER}> clicked"),
        (
            "nobody is known who wrote it as dana@example.com.",
            f"nobody is known who wrote it as {HER}.",
        ),
        ("Signed-off-by: Dana Ng <dana@example.com>", f"Signed-off-by: {HER} <{HER}>"),
        ("1001+dana-ng@users.noreply.github.com", HER),
        ("77-dana.ng@users.noreply.gitlab.example", HER),
        ("dana@home.example", f"{HER}@home.example"),
    ],
)
def test_she_is_found_however_she_is_named(text: str, without: str) -> None:
    naming = Naming(DANA, OTHERS)
    assert naming.names(text)
    assert naming.replaced(text, HER) == without


@pytest.mark.parametrize(
    "text",
    [
        "Danae opened it",
        "Jordana and Danube",
        "Dana Kowalski: at capacity",
        "@dana-k pushed",
        "dana-ng2 pushed",
        "dana.ngo pushed",
        "dana.k@example.com",
        "notdana@example.com",
        "x.dana@example.com",
        "U0DANA2",
        "Ng",
    ],
)
def test_nobody_else_is_taken_for_her(text: str) -> None:
    naming = Naming(DANA, OTHERS)
    assert not naming.names(text)
    assert naming.replaced(text, HER) == text


def test_a_name_that_holds_hers_is_spared_and_hers_beside_it_is_not() -> None:
    naming = Naming(DANA, OTHERS)
    said = "Dana Kowalski and Dana Ng and dana"
    assert naming.replaced(said, HER) == f"Dana Kowalski and {HER} and {HER}"


@pytest.mark.parametrize("text", ["thanks, Dana!", "Dana's sums"])
def test_a_name_like_her_id_is_hers_unless_somebody_else_is_called_so(text: str) -> None:
    assert Naming(DANA).replaced(text, HER) == text.replace("Dana", HER)
    assert not Naming(DANA, OTHERS).names(text)


def test_where_somebody_else_is_called_so_her_id_as_it_is_written_is_hers() -> None:
    assert Naming(DANA, OTHERS).replaced("(asked dana, omar)", HER) == f"(asked {HER}, omar)"


@pytest.mark.parametrize(
    "text", ["it may pass", "May it pass?", "in May", "who may approve", "may, might or must"]
)
def test_an_id_that_is_an_ordinary_word_names_nobody_in_a_sentence(text: str) -> None:
    naming = Naming(MAY)
    assert not naming.names(text)
    assert naming.replaced(text, HER) == text


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("May Li may approve", f"{HER} may approve"),
        ("ask @may", f"ask @{HER}"),
        ("may-li may push", f"{HER} may push"),
        (
            "needs one that may sign (asked may, omar)",
            f"needs one that may sign (asked {HER}, omar)",
        ),
        ("is not one of kim, may; it may pass", f"is not one of kim, {HER}; it may pass"),
    ],
)
def test_who_is_called_by_an_ordinary_word_is_found_where_it_must_be_them(
    text: str, without: str
) -> None:
    naming = Naming(MAY)
    assert naming.names(text)
    assert naming.replaced(text, HER) == without


def test_a_word_named_by_hand_is_theirs_wherever_it_stands() -> None:
    naming = Naming(MAY.joined(Whom("may", further=frozenset({"may"}))))
    assert naming.replaced("as may said", HER) == f"as {HER} said"


def test_an_id_that_is_somebody_elses_login_is_nobodys_in_a_sentence() -> None:
    naming = Naming(DANA, ["dana"])
    assert not naming.names("as dana said")
    assert naming.is_exactly("dana")


def test_letters_with_marks_are_found_in_both_of_their_forms() -> None:
    naming = Naming(Whom("jm", names=frozenset({"Jürgen Müller"})))
    assert naming.names("J\N{LATIN SMALL LETTER U WITH DIAERESIS}rgen Müller")
    assert naming.names("Ju\N{COMBINING DIAERESIS}rgen Mu\N{COMBINING DIAERESIS}ller")
    assert naming.may_name(json.dumps("Jürgen Müller"))


@pytest.mark.parametrize(
    ("branch", "without"),
    [
        ("dana-fix", f"{HER}-fix"),
        ("feature/dana_ng/2", f"feature/{HER}_ng/2"),
        ("dana-ng-sums", f"{HER}-sums"),
        ("danae-fix", "danae-fix"),
        ("changes-dana-20261116", f"changes-{HER}-20261116"),
    ],
)
def test_in_the_names_of_branches_words_are_joined(branch: str, without: str) -> None:
    assert Naming(DANA).loosely(branch, HER) == without


WORDS = st.sampled_from(
    [
        *("Dana", "Ng", "dana", "dana-ng", "dana.ng", "dana@example.com", "U0DANA", "Kowalski"),
        *("Danae", "kim", ".", ",", "\n", " ", "-", "@", "+", "x", "ü", "1001+dana-ng", "may"),
        *("@users.noreply.github.com", "(asked ", ")", "May Li", "'s"),
    ]
)
TEXTS = st.lists(WORDS, max_size=12).map("".join) | st.text(max_size=30)
NAMINGS = st.sampled_from([Naming(DANA), Naming(DANA, OTHERS), Naming(MAY), Naming(MAY, OTHERS)])


@given(naming=NAMINGS, text=TEXTS)
def test_what_names_them_is_worth_a_look_even_as_json(naming: Naming, text: str) -> None:
    if naming.names(text):
        assert naming.may_name(text)
        assert naming.may_name(json.dumps(text))
        assert naming.may_name(json.dumps(text, ensure_ascii=False))


@given(naming=NAMINGS, text=TEXTS)
def test_what_was_replaced_names_them_no_more(naming: Naming, text: str) -> None:
    assert naming.names(text) == (naming.replaced(text, HER) != text)
    assert not naming.names(naming.replaced(text, HER))
