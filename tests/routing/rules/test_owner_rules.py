"""What CODEOWNERS ask for: whose approval, of which section, and how many of them."""

from __future__ import annotations

import pytest

from routing.assessment import assess
from routing.facts import Facts
from routing.owners.ownership import Owner
from routing.people import Team
from routing.policy import AllOf, Approvals, Codeowners, Policy
from routing.rules.owner_rules import owner_people
from routing.rules.requirements import Applied, apply_rules
from tests.builders import NOW, a_person, all_of, any_of, facts, one, owned, policy

WEB = Team("web", {"github": "Acme/Web", "gitlab": "web-group"})
PEOPLE = (
    a_person("ana"),
    a_person("dana", logins={"github": "Dana-Ng", "gitlab": "gitlab-only"}),
    a_person("omar", teams=(WEB,)),
    a_person("kim", teams=(WEB,)),
)
OWNED = {
    "a.py": owned("@dana-ng"),
    "b.py": owned("omar@example.com", "@acme/nobody"),
    "c.py": owned("@Dana-Ng"),
}


def applied(known: Facts, rules: Policy) -> tuple[Applied, ...]:
    """Every rule held against the change."""
    return apply_rules(rules, known, assess(known, rules), NOW.date())


def required(**owners: object) -> tuple[Applied, ...]:
    """The owners' rules where the policy requires them."""
    known = facts(*PEOPLE, owners={path.replace("_", "."): its for path, its in owners.items()})
    return applied(known, policy(codeowners=Codeowners.REQUIRE))[1:]


@pytest.mark.parametrize(
    ("written", "who"),
    [
        ("@dana-ng", {"dana"}),
        ("@DANA-NG", {"dana"}),
        ("omar@example.com", {"omar"}),
        ("@gitlab-only", set[str]()),
        ("@acme/web", {"omar", "kim"}),
        ("@acme/other", set[str]()),
        ("@web-group", set[str]()),
        ("@@maintainers", set[str]()),
    ],
)
def test_an_owner_is_known_by_login_or_team_on_this_forge_or_by_address(
    written: str, who: set[str]
) -> None:
    assert owner_people(facts(*PEOPLE), [Owner(written)]) == who


def test_each_different_set_of_owners_makes_one_rule() -> None:
    dana, omar = required(a_py=OWNED["a.py"], b_py=OWNED["b.py"], c_py=OWNED["c.py"])
    assert dana.rule.name == "code owners of a.py and 1 more"
    assert dana.rule.require == one(people=("dana",))
    assert omar.rule.require == one(people=("omar",))


@pytest.mark.parametrize("mode", [Codeowners.ADVISE, Codeowners.IGNORE])
def test_owners_are_required_only_where_the_policy_says_so(mode: Codeowners) -> None:
    assert len(applied(facts(*PEOPLE, owners=OWNED), policy(codeowners=mode))) == 1


@pytest.mark.parametrize("nobody", [owned("@acme/nobody"), owned(section="Docs")])
def test_owners_whom_nobody_knows_make_a_place_that_nobody_can_fill(nobody: object) -> None:
    (unknown,) = required(a_py=nobody)
    assert isinstance(unknown.rule.require, Approvals)
    assert unknown.rule.require.qualification.people
    assert not set(unknown.rule.require.qualification.people) & {one.id for one in PEOPLE}


def test_a_path_that_a_line_leaves_to_nobody_asks_for_nobody() -> None:
    assert required(a_py=owned()) == ()


def test_a_section_asks_for_as_many_of_its_owners_as_it_says() -> None:
    (two,) = required(a_py=owned("@acme/web", section="Docs", approvals=2))
    assert two.rule.name == "code owners of Docs: a.py"
    assert two.rule.require == one(2, people=("kim", "omar"))


def test_an_optional_section_asks_for_nobody() -> None:
    assert required(a_py=owned("@acme/web", section="Docs", approvals=0)) == ()


def test_where_owners_are_asked_for_a_section_may_want_more_of_them() -> None:
    rule = all_of(any_of(one(owners=True), one(3, owners=True)), one(min_tenure=60))
    docs = owned("@acme/web", section="Docs", approvals=2)
    known = facts(*PEOPLE, owners={"a.py": docs})
    (found,) = applied(known, policy(rule))
    assert isinstance(found.rule.require, AllOf)
    assert found.rule.require == all_of(
        any_of(one(2, owners=True), one(3, owners=True)), one(min_tenure=60)
    )
