"""Policy files: what they come to, and everything that can be wrong with them."""

from __future__ import annotations

import json
from datetime import time, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from routing.files.default_policy import DEFAULT_POLICY
from routing.files.file_schema import Part, render_schema
from routing.files.people_file import parse_people
from routing.files.policy_file import parse_policy, parse_repository_policy
from routing.files.policy_schema import PolicyPart, RepositoryPart
from routing.files.problems import InvalidFile
from routing.files.yaml_text import parse_yaml
from routing.levels import Level, RiskLevel
from routing.people import Person, Team
from routing.policy import (
    Ai,
    AllOf,
    AnyOf,
    Approvals,
    Codeowners,
    Digest,
    Domain,
    Policy,
    Qualification,
    Rung,
    Shows,
    Step,
    TenureSpan,
    When,
)
from tests.routing.problem_tables import Case, cases, problems_in, said_of

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.yml") if path.name != "people.yml")
DANA = Person(id="dana", name="Dana", teams=(Team("payments"),))
EMIL = Person(id="emil", name="Emil")

ORGANISATION = """\
version: 1
branches: {production: [main]}
domains: {payments: {paths: libs/billing/**, lead: dana}}
rules: [{name: everything, require: {approvals: 1, from: {anyone: true}}}]
"""
ADDITION = """\
domains: {parser: {paths: src/parser/**}}
rules:
  - name: parser-twice
    when: {domains: [parser, payments], branch: production}
    require: {approvals: 2, from: {anyone: true}}
"""


def a_policy(*lines: str) -> Policy:
    """A policy that says only what matters to the test."""
    rule = "rules: [{name: everything, require: {approvals: 1, from: {anyone: true}}}]"
    has_rules = any(line.startswith("rules:") for line in lines)
    return parse_policy("\n".join(["version: 1", *lines, "" if has_rules else rule]), "policy.yml")


def a_requirement(text: str) -> object:
    return a_policy("rules:", f"  - {{name: it, require: {text}}}").rules[0].require


@pytest.mark.parametrize("case", cases("policy_problems.json", "organisation"))
def test_every_problem_has_its_line_path_and_cure(case: Case) -> None:
    assert said_of(lambda text: parse_policy(text, "policy.yml"), case) == case.problems


@pytest.mark.parametrize("case", cases("policy_problems.json", "with_people"))
def test_with_the_people_everybody_named_must_exist(case: Case) -> None:
    found = said_of(lambda text: parse_policy(text, "policy.yml", (DANA, EMIL)), case)
    assert found == case.problems


@pytest.mark.parametrize("case", cases("policy_problems.json", "repository"))
def test_a_repository_may_add_but_never_relax(case: Case) -> None:
    organisation = parse_policy(ORGANISATION, "policy.yml")
    found = said_of(
        lambda text: parse_repository_policy(text, ".countersign.yml", organisation), case
    )
    assert found == case.problems


def test_a_minimal_policy_has_the_documented_defaults() -> None:
    policy = a_policy()
    assert policy.codeowners is Codeowners.ADVISE
    assert policy.ai == Ai(min_lines=10)
    assert (policy.review.ask, policy.review.max_open) == (2, 5)
    assert policy.review.approve_in_slack_up_to is RiskLevel.HIGH
    assert (policy.escalation, policy.digests, policy.domains) == ((), (), ())


def test_a_domain_keeps_its_paths_lead_and_channel() -> None:
    policy = a_policy(
        'domains: {pay: {paths: [a/**, b/**], critical: true, lead: dana, channel: "#pay"}}'
    )
    assert policy.domains == (Domain("pay", ("a/**", "b/**"), True, "dana", "#pay"),)


def test_every_condition_of_a_rule_is_read() -> None:
    policy = a_policy(
        "branches: {production: main}",
        "domains: {pay: {paths: a/**}}",
        "rules:",
        "  - name: it",
        "    when: {ai: false, branch: [production, 'v*'], min_risk: high, paths: db/**,",
        "           domains: [pay, critical], labels: [hotfix, 'needs care'], authors: [dana],",
        "           author_teams: web, author_tenure: {less_than: 6 months, at_least: 1mo},",
        "           min_lines: 400, draft: false, dependencies_changed: true,",
        "           not: {draft: true}, any: [{ai: true}, {draft: true}], all: [{ai: true}]}",
        "    require: {approvals: 1, from: {anyone: true}}",
    )
    assert policy.rules[0].when == When(
        ai=False,
        branch=("production", "v*"),
        min_risk=RiskLevel.HIGH,
        domains=("pay", "critical"),
        paths=("db/**",),
        labels=("hotfix", "needs care"),
        authors=("dana",),
        author_teams=("web",),
        author_tenure=TenureSpan(1, 6),
        min_lines=400,
        draft=False,
        dependencies_changed=True,
        not_=When(draft=True),
        any_of=(When(ai=True), When(draft=True)),
        all_of=(When(ai=True),),
    )


def test_every_qualification_is_read() -> None:
    times = "min_tenure: 5y, min_experience: 18mo"
    others = "min_expertise: expert, people: [a, b], teams: web, owners: true"
    assert a_requirement(f"{{approvals: 2, from: {{{times}, {others}}}}}") == Approvals(
        2, Qualification(60, 18, Level.EXPERT, ("a", "b"), ("web",), owners=True)
    )


def test_anyone_is_no_condition() -> None:
    assert a_requirement("{approvals: 1, from: {anyone: true}}") == Approvals(1, Qualification())


def test_requirements_nest() -> None:
    one = Approvals(1, Qualification(owners=True))
    text = "{approvals: 1, from: {owners: true}}"
    assert a_requirement(f"{{any: [{text}, {{all: [{text}, {text}]}}]}}") == AnyOf(
        (one, AllOf((one, one)))
    )


def test_ways_apart_may_need_many_people_each() -> None:
    six = "{approvals: 6, from: {owners: true}}"
    assert a_requirement(f"{{any: [{six}, {six}]}}")


def test_the_ladder_is_working_time() -> None:
    policy = a_policy("escalation: [{after: 90m, do: remind}, {after: 2d, do: tell_lead}]")
    assert policy.escalation == (
        Rung(timedelta(minutes=90), Step.REMIND),
        Rung(timedelta(hours=16), Step.TELL_LEAD),
    )


@pytest.mark.parametrize("at", ["09:00", '"09:00"', "9:00"])
def test_a_time_of_day_needs_no_quotes(at: str) -> None:
    policy = a_policy(f"digests: [{{channel: C0REVIEWS, at: {at}, days: 'Sun-Tue,Thu'}}]")
    assert policy.digests == (Digest("C0REVIEWS", time(9), frozenset({6, 0, 1, 3}), "UTC"),)


def test_the_weeks_figures_come_on_monday_unless_told() -> None:
    policy = a_policy('digests: [{channel: "#leads", show: insights, at: "09:00"}]')
    (digest,) = policy.digests
    assert (digest.shows, digest.days) == (Shows.INSIGHTS, frozenset({0}))


@pytest.mark.parametrize("name", ["on", "yes", "no", "null-ref", "2026-01-02", "0x10", "1e3"])
def test_a_word_that_yaml_would_turn_into_something_else_stays_a_name(name: str) -> None:
    assert a_policy(f"domains: {{{name}: {{paths: a/**}}}}").domains[0].name == name


def test_a_branch_that_stands_in_a_group_may_be_named_alone() -> None:
    policy = a_policy(
        "branches: {production: [main, live]}",
        "rules: [{name: it, when: {branch: live}, require: {approvals: 1, from: {anyone: true}}}]",
    )
    assert policy.rules[0].when.branch == ("live",)


def test_two_texts_never_share_a_hash() -> None:
    assert a_policy().hash != a_policy("codeowners: require").hash


def test_without_the_people_nobody_is_looked_up() -> None:
    assert a_policy("domains: {pay: {paths: a/**, lead: somebody}}").domains[0].lead == "somebody"


def test_a_repository_adds_domains_and_rules_to_the_organisations() -> None:
    organisation = parse_policy(ORGANISATION, "policy.yml")
    both = parse_repository_policy(ADDITION, ".countersign.yml", organisation)
    assert [domain.name for domain in both.domains] == ["payments", "parser"]
    assert [rule.name for rule in both.rules] == ["everything", "parser-twice"]
    assert both.branches == organisation.branches


def test_a_repositorys_hash_names_both_texts() -> None:
    organisation = parse_policy(ORGANISATION, "policy.yml")
    other = parse_policy(ORGANISATION + "codeowners: require\n", "policy.yml")
    hashes = {
        organisation.hash,
        parse_repository_policy(ADDITION, ".countersign.yml", organisation).hash,
        parse_repository_policy(ADDITION + "# more", ".countersign.yml", organisation).hash,
        parse_repository_policy(ADDITION, ".countersign.yml", other).hash,
    }
    assert len(hashes) == 4


def test_a_repository_names_people_who_exist() -> None:
    organisation = parse_policy(ORGANISATION, "policy.yml")
    text = "rules: [{name: ours, require: {approvals: 1, from: {people: emil}}}]"
    assert parse_repository_policy(text, ".countersign.yml", organisation, [EMIL]).rules[1:]
    with pytest.raises(InvalidFile, match="nobody has the id `emil`"):
        parse_repository_policy(text, ".countersign.yml", organisation, [DANA])


def test_rules_of_both_files_together_stay_within_the_limit() -> None:
    def rules(start: int, count: int) -> str:
        body = ", ".join(
            f"{{name: r{number}, require: {{approvals: 1, from: {{anyone: true}}}}}}"
            for number in range(start, start + count)
        )
        return f"rules: [{body}]"

    organisation = a_policy(rules(0, 150))
    assert len(parse_repository_policy(rules(150, 50), "r.yml", organisation).rules) == 200
    with pytest.raises(InvalidFile, match="more than 200 rules"):
        parse_repository_policy(rules(150, 51), "r.yml", organisation)


def test_the_default_policy_needs_neither_a_channel_nor_a_lead() -> None:
    policy = parse_policy(DEFAULT_POLICY, "the default policy")
    assert (policy.review.channel, policy.domains) == (None, ())
    assert {rung.do for rung in policy.escalation} == {Step.REMIND, Step.REASSIGN}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid_and_names_people_of_the_example(path: Path) -> None:
    people = parse_people((ROOT / "examples" / "people.yml").read_text("utf-8"), "people.yml")
    assert parse_policy(path.read_text("utf-8"), path.name, people).rules


@pytest.mark.parametrize(("name", "part"), [("policy", PolicyPart), ("repository", RepositoryPart)])
def test_the_shipped_schema_is_in_step_with_the_models(name: str, part: type[Part]) -> None:
    shipped = (ROOT / "routing" / "files" / "schemas" / f"{name}.schema.json").read_text("utf-8")
    assert shipped == render_schema(part)


@pytest.mark.parametrize(
    "text",
    [DEFAULT_POLICY, *(path.read_text("utf-8") for path in EXAMPLES)],
    ids=["default", *(path.stem for path in EXAMPLES)],
)
def test_the_schema_takes_what_the_parser_takes(text: str) -> None:
    # whole numbers and flags are text in our nodes; an editor sees them typed
    typed = _typed(parse_yaml(text, "policy.yml").root.plain())
    schema = json.loads(render_schema(PolicyPart))
    assert not list(Draft202012Validator(schema).iter_errors(typed))


@pytest.mark.parametrize("cut", ["min_risk", "approvals", "version"])
def test_the_schema_refuses_a_slip_in_a_key(cut: str) -> None:
    typed = _typed(parse_yaml(DEFAULT_POLICY.replace(cut, cut[:-1]), "policy.yml").root.plain())
    schema = json.loads(render_schema(PolicyPart))
    assert list(Draft202012Validator(schema).iter_errors(typed))


def _typed(value: object) -> object:
    match value:
        case dict():
            return {key: _typed(item) for key, item in value.items()}
        case list():
            return [_typed(item) for item in value]
        case "true" | "false":
            return value == "true"
        case str() if value.isdigit():
            return int(value)
        case _:
            return value


WORDS = st.sampled_from(
    [
        *("version", "rules", "name", "when", "require", "approvals", "from", "any", "all"),
        *("domains", "paths", "branches", "branch", "critical", "people", "anyone", "true"),
        *("min_tenure", "5y", "1", "", "production", "digests", "at", "09:00", "\x1b", "{message}"),
    ]
)
VALUES = st.recursive(
    st.none() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None, max_examples=60)
@given(VALUES)
def test_whatever_stands_in_a_file_is_a_policy_or_has_problems(value: object) -> None:
    text = json.dumps(value)  # JSON is YAML
    found = problems_in(lambda written: parse_policy(written, "policy.yml"), text)
    assert all(problem.cure and problem.line == 1 for problem in found)
    assert found or parse_policy(text, "policy.yml").rules


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_arbitrary_text_is_no_policy_and_raises_nothing_else(text: str) -> None:
    assert problems_in(lambda written: parse_policy(written, "policy.yml"), text)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_arbitrary_text_adds_nothing_to_the_organisations_policy(text: str) -> None:
    organisation = parse_policy(ORGANISATION, "policy.yml")
    parse = partial(parse_repository_policy, file=".countersign.yml", organisation=organisation)
    assert problems_in(parse, text)
