"""The environment: what is set is taken, what is wrong is said all at once, secrets stay hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import Misconfigured
from bot.settings import Settings, read_settings

ENOUGH = {
    "COUNTERSIGN_PEOPLE": "people.yml",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "GITHUB_TOKEN": "ghp_1",
    "GITHUB_REPOSITORIES": "acme/shop",
    "GITHUB_WEBHOOK_SECRET": "s3cret",
}
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-hidden",
    "SLACK_SIGNING_SECRET": "signing-hidden",
    "SLACK_APP_TOKEN": "xapp-hidden",
    "GITHUB_TOKEN": "ghp-hidden",
    "GITHUB_APP_PRIVATE_KEY": "key-hidden",
}


def without(*names: str, **more: str) -> Settings:
    return read_settings({name: ENOUGH[name] for name in ENOUGH if name not in names} | more)


def test_with_nothing_set_the_defaults_stand() -> None:
    settings = read_settings({})
    assert settings.database == Path("countersign.db")
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.github_api_url == "https://api.github.com"
    assert settings.policy is None


def test_what_is_set_is_taken() -> None:
    settings = read_settings(
        {
            "COUNTERSIGN_POLICY": "policy.yml",
            "COUNTERSIGN_DATABASE": "/var/lib/c.db",
            "COUNTERSIGN_PORT": "9000",
            "GITHUB_APP_ID": "77",
            "GITHUB_TOKEN": "ghp_1",
        }
    )
    assert settings.policy == Path("policy.yml")
    assert settings.database == Path("/var/lib/c.db")
    assert settings.port == 9000
    assert settings.github_app_id == 77
    assert settings.github_token == SecretStr("ghp_1")


def test_the_environment_is_read_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_HOST", "0.0.0.0")  # noqa: S104 - the test's own choice
    assert read_settings().host == "0.0.0.0"  # noqa: S104 - the same


def test_a_variable_set_to_nothing_counts_as_not_set() -> None:
    settings = read_settings(dict.fromkeys([*ENOUGH, "COUNTERSIGN_PORT", "GITHUB_APP_ID"], ""))
    assert settings == read_settings({})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("acme/shop", ("acme/shop",)),
        (" acme/shop , acme/web,", ("acme/shop", "acme/web")),
        (" , ", ()),
    ],
)
def test_several_names_stand_with_commas(text: str, names: tuple[str, ...]) -> None:
    assert read_settings({"GITHUB_REPOSITORIES": text}).github_repositories == names


def test_two_webhook_secrets_may_be_live_at_once() -> None:
    settings = read_settings({"GITHUB_WEBHOOK_SECRET": "old,new"})
    secrets = [one.get_secret_value() for one in settings.github_webhook_secret]
    assert secrets == ["old", "new"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COUNTERSIGN_PORT", "http"),
        ("COUNTERSIGN_PORT", "65536"),
        ("COUNTERSIGN_PORT", "-1"),
        ("GITHUB_APP_ID", "my-app"),
        ("SLACK_API_URL", "https://slack.com/"),
        ("SLACK_API_URL", "https://slack.com/api"),
        ("SLACK_API_URL", "ftp://slack.com/api/"),
        ("GITHUB_API_URL", "api.github.com"),
        ("GITHUB_API_URL", "https://api.github.com/?token=1"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read_settings({name: value})
    assert str(refused.value).startswith(f"{name}: ")


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(Misconfigured) as refused:
        read_settings({"COUNTERSIGN_PORT": "x", "GITHUB_APP_ID": "y", "SLACK_API_URL": "z"})
    names = [line.split(":")[0] for line in str(refused.value).splitlines()]
    assert sorted(names) == ["COUNTERSIGN_PORT", "GITHUB_APP_ID", "SLACK_API_URL"]


def test_with_enough_nothing_is_missing() -> None:
    assert without().missing() == ()


@pytest.mark.parametrize("name", ENOUGH)
def test_what_run_cannot_do_without_is_named(name: str) -> None:
    (sentence,) = without(name).missing()
    assert name in sentence


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("SLACK_APP_TOKEN", {"SLACK_SIGNING_SECRET": "s"}),
        ("GITHUB_TOKEN", {"GITHUB_APP_ID": "7", "GITHUB_APP_PRIVATE_KEY": "k"}),
    ],
)
def test_what_can_stand_for_another_is_enough(name: str, instead: dict[str, str]) -> None:
    assert without(name, **instead).missing() == ()


@pytest.mark.parametrize("half", [{"GITHUB_APP_ID": "7"}, {"GITHUB_APP_PRIVATE_KEY": "k"}])
def test_half_an_app_is_not_enough(half: dict[str, str]) -> None:
    (sentence,) = without("GITHUB_TOKEN", **half).missing()
    assert "GITHUB_APP_ID" in sentence


def test_a_webhook_secret_of_commas_alone_is_missing() -> None:
    (sentence,) = without(GITHUB_WEBHOOK_SECRET=" , ,").missing()
    assert "GITHUB_WEBHOOK_SECRET" in sentence


@pytest.mark.parametrize("name", ["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "GITHUB_TOKEN"])
def test_a_secret_of_blanks_counts_as_not_set(name: str) -> None:
    settings = without(name, "SLACK_APP_TOKEN", **{name: "  \n"})
    assert any(name in sentence for sentence in settings.missing())


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_does_not_show_where_the_settings_are_printed(name: str) -> None:
    assert "hidden" not in repr(read_settings({name: SECRETS[name]}))


def test_the_webhook_secret_does_not_show_either() -> None:
    assert "hidden" not in repr(read_settings({"GITHUB_WEBHOOK_SECRET": "hook-hidden"}))


def test_a_problem_does_not_repeat_the_value() -> None:
    with pytest.raises(Misconfigured) as refused:
        read_settings({"GITHUB_APP_ID": "ghp-pasted-in-the-wrong-place"})
    assert "pasted" not in str(refused.value)


# --- forges

GITLAB = {
    "GITLAB_TOKEN": "glpat-1",
    "GITLAB_PROJECTS": "acme/shop",
    "GITLAB_WEBHOOK_SECRET": "s3cret",
}
GITHUB = {name: value for name, value in ENOUGH.items() if name.startswith("GITHUB_")}
OTHERS = {name: value for name, value in ENOUGH.items() if name not in GITHUB}


def names(**variables: str) -> list[str]:
    return [forge.name for forge, _ in read_settings(OTHERS | variables).open_forges()]


def test_a_gitlab_alone_is_enough() -> None:
    assert read_settings(OTHERS | GITLAB).missing() == ()
    assert names(**GITLAB) == ["gitlab"]


@pytest.mark.parametrize("name", GITLAB)
def test_what_gitlab_cannot_do_without_is_named(name: str) -> None:
    kept = {key: value for key, value in GITLAB.items() if key != name}
    (sentence,) = read_settings(OTHERS | kept).missing()
    assert name in sentence


def test_a_github_and_a_gitlab_are_served_side_by_side() -> None:
    assert names(**GITHUB, **GITLAB) == ["github", "gitlab"]


def test_further_hosts_have_numbered_variables_and_names() -> None:
    second = {f"{name}_2": value for name, value in (GITHUB | GITLAB).items()}
    third = {f"{name}_3": value for name, value in GITLAB.items()}
    forges = names(**GITLAB, **second, **third)
    assert forges == ["gitlab", "github-2", "gitlab-2", "gitlab-3"]


def test_each_host_has_its_own_address() -> None:
    more = {"GITLAB_URL_2": "https://git.example.com", "GITLAB_TOKEN_2": "t"}
    settings = read_settings(GITLAB | more)
    assert settings.gitlab_url == "https://gitlab.com"
    assert [one.gitlab_url for _, one in settings.further] == ["https://git.example.com"]


def test_what_a_further_host_lacks_is_named_with_its_number() -> None:
    settings = read_settings(ENOUGH | {"GITLAB_TOKEN_2": "t", "GITLAB_PROJECTS_2": "acme/shop"})
    (sentence,) = settings.missing()
    assert "GITLAB_WEBHOOK_SECRET_2" in sentence


def test_what_is_wrong_with_a_further_host_is_named_with_its_number() -> None:
    with pytest.raises(Misconfigured, match=r"GITLAB_URL_2: "):
        read_settings({"GITLAB_URL_2": "git.example.com"})


def test_a_signing_secret_that_is_cut_is_refused_without_being_shown() -> None:
    with pytest.raises(Misconfigured, match=r"GITLAB_WEBHOOK_SECRET: .*cut") as refused:
        read_settings({"GITLAB_WEBHOOK_SECRET": "whsec_$hidden"})
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("name", ["GITLAB_TOKEN", "GITLAB_WEBHOOK_SECRET", "GITLAB_TOKEN_2"])
def test_gitlabs_secrets_do_not_show_where_the_settings_are_printed(name: str) -> None:
    assert "hidden" not in repr(read_settings({name: "hidden"}))


BOTH = {"GITHUB_TOKEN": "t", "GITLAB_TOKEN": "t", "GITLAB_TOKEN_2": "t"}


@pytest.mark.parametrize(
    ("environment", "name", "forge"),
    [
        ({"GITHUB_TOKEN": "t"}, "acme/shop", "github"),
        ({"GITLAB_TOKEN": "t"}, "group/sub/shop", "gitlab"),
        (BOTH, "gitlab-2:acme/shop", "gitlab-2"),
        (BOTH | {"GITLAB_PROJECTS": "acme/shop"}, "acme/shop", "gitlab"),
    ],
)
async def test_a_project_is_found_on_the_forge_that_is_named_or_lists_it_or_is_the_only_one(
    environment: dict[str, str], name: str, forge: str
) -> None:
    found = read_settings(environment).open_forge(name)
    assert (found.name, list(await found.projects())) == (forge, [name.rpartition(":")[2]])
    await found.close()


@pytest.mark.parametrize(
    ("environment", "name", "said"),
    [
        ({}, "acme/shop", "GITHUB_TOKEN, or GITLAB_TOKEN, is not set"),
        (BOTH, "acme/shop", "write github:acme/shop or gitlab:acme/shop or gitlab-2:acme/shop"),
        ({"GITHUB_TOKEN": "t"}, "gitlab:acme/shop", "no forge gitlab is set up; there is github"),
    ],
)
def test_a_project_that_could_be_anywhere_or_nowhere_is_asked_about(
    environment: dict[str, str], name: str, said: str
) -> None:
    with pytest.raises(Misconfigured, match=said):
        read_settings(environment).open_forge(name)
