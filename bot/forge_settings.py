"""What the environment says of the forges: one GitHub, one GitLab, and further hosts of either.

A second host has the same variables with `_2` behind their names, a third with `_3`, up to `_9`.
Its forge is then called "gitlab-2": that is its name in addresses, in the people file and in
`/webhooks/gitlab-2`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bot.forges.base import Forge
from bot.forges.github.adapter import open_github
from bot.forges.github.webhooks import GitHubHook
from bot.forges.gitlab.adapter import open_gitlab
from bot.forges.gitlab.webhooks import GitLabHook, is_signing_secret_whole
from bot.forges.hooks import Hook

FURTHER = range(2, 10)
"""Numbers of further hosts."""


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _whole(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not all(is_signing_secret_whole(one.get_secret_value()) for one in secrets):
        raise ValueError("a signing secret is cut: copy all of it, whsec_ and what follows")
    return secrets


Names = Annotated[tuple[str, ...], BeforeValidator(_parts)]
SecretNames = Annotated[tuple[SecretStr, ...], BeforeValidator(_parts)]
Secret = SecretStr | None


class GitHubSettings(BaseModel):
    """A GitHub, named as the variables are."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    github_token: Secret = Field(None, alias="GITHUB_TOKEN")
    github_app_id: int | None = Field(None, alias="GITHUB_APP_ID")
    github_app_private_key: Secret = Field(None, alias="GITHUB_APP_PRIVATE_KEY")
    github_api_url: str = Field(
        "https://api.github.com", alias="GITHUB_API_URL", pattern=r"^https?://[^?#]+$"
    )
    github_webhook_secret: SecretNames = Field((), alias="GITHUB_WEBHOOK_SECRET")
    github_repositories: Names = Field((), alias="GITHUB_REPOSITORIES")

    def github_needs(self, suffix: str = "") -> Iterator[str]:
        """What it still lacks, each in a sentence that names the variable."""
        app = self.github_app_id is not None and self.github_app_private_key is not None
        if self.github_token is None and not app:
            yield (
                f"GITHUB_TOKEN{suffix}, or GITHUB_APP_ID{suffix} with "
                f"GITHUB_APP_PRIVATE_KEY{suffix}, is not set"
            )
        if not self.github_repositories:
            yield f"GITHUB_REPOSITORIES{suffix} is not set: owner/name, several with commas"
        if not self.github_webhook_secret:
            yield (
                f"GITHUB_WEBHOOK_SECRET{suffix} is not set: without it anybody could send events"
            )

    def open_github(self, name: str) -> tuple[Forge, Hook]:
        """The forge of that name and what it delivers."""
        key = plain(self.github_app_private_key)
        app = (str(self.github_app_id), key) if self.github_app_id and key else None
        forge = open_github(
            self.github_repositories,
            token=plain(self.github_token),
            app=app,
            api_url=self.github_api_url,
            name=name,
        )
        return forge, GitHubHook(name, tuple(map(plain, self.github_webhook_secret)))


class GitLabSettings(BaseModel):
    """A GitLab, named as the variables are."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    gitlab_token: Secret = Field(None, alias="GITLAB_TOKEN")
    gitlab_url: str = Field("https://gitlab.com", alias="GITLAB_URL", pattern=r"^https?://[^?#]+$")
    gitlab_webhook_secret: Annotated[SecretNames, AfterValidator(_whole)] = Field(
        (), alias="GITLAB_WEBHOOK_SECRET"
    )
    gitlab_projects: Names = Field((), alias="GITLAB_PROJECTS")

    def gitlab_needs(self, suffix: str = "") -> Iterator[str]:
        """What it still lacks, each in a sentence that names the variable."""
        if self.gitlab_token is None:
            yield f"GITLAB_TOKEN{suffix} is not set: a project's or group's access token, scope api"
        if not self.gitlab_projects:
            yield f"GITLAB_PROJECTS{suffix} is not set: group/project, several with commas"
        if not self.gitlab_webhook_secret:
            yield (
                f"GITLAB_WEBHOOK_SECRET{suffix} is not set: without it anybody could send events"
            )

    def open_gitlab(self, name: str) -> tuple[Forge, Hook]:
        """The forge of that name and what it delivers."""
        forge = open_gitlab(
            self.gitlab_projects, token=plain(self.gitlab_token), url=self.gitlab_url, name=name
        )
        secrets = tuple(map(plain, self.gitlab_webhook_secret))
        return forge, GitLabHook(name, secrets, self.gitlab_projects)


class ForgeSettings(GitHubSettings, GitLabSettings):
    """The forges that share a number: a GitHub, a GitLab, or both."""

    @property
    def _has_github(self) -> bool:
        return any(name.startswith("github_") for name in self.model_fields_set)

    @property
    def _has_gitlab(self) -> bool:
        return any(name.startswith("gitlab_") for name in self.model_fields_set)

    def needs(self, suffix: str = "") -> tuple[str, ...]:
        """What they still lack; one that nobody began to set up lacks nothing."""
        github = self.github_needs(suffix) if self._has_github else ()
        gitlab = self.gitlab_needs(suffix) if self._has_gitlab else ()
        return (*github, *gitlab)

    @property
    def is_empty(self) -> bool:
        """Whether no forge is set up here at all."""
        return not (self._has_github or self._has_gitlab)

    def listed(self, ending: str = "") -> Iterator[tuple[str, Sequence[str]]]:
        """Each forge's name, and the projects that it is set up for."""
        if self._has_github:
            yield f"github{ending}", self.github_repositories
        if self._has_gitlab:
            yield f"gitlab{ending}", self.gitlab_projects

    def of(self, project: str) -> Self:
        """The same forges, set up for this project alone."""
        update: dict[str, object] = {}
        if self._has_github:
            update["github_repositories"] = (project,)
        if self._has_gitlab:
            update["gitlab_projects"] = (project,)
        return self.model_copy(update=update)

    def open(self, ending: str = "") -> Iterator[tuple[Forge, Hook]]:
        """Each forge with what it delivers; `ending` makes its name."""
        if self._has_github:
            yield self.open_github(f"github{ending}")
        if self._has_gitlab:
            yield self.open_gitlab(f"gitlab{ending}")


VARIABLES: Sequence[str] = tuple(str(field.alias) for field in ForgeSettings.model_fields.values())
"""The variables that may carry a number."""


def numbered(values: Mapping[str, str], number: int) -> Mapping[str, str]:
    """The variables of one number, under their plain names."""
    named = ((name, f"{name}_{number}") for name in VARIABLES)
    return {plain: values[name] for plain, name in named if name in values}


def plain(secret: SecretStr | None) -> str:
    """The secret itself; empty where there is none."""
    return secret.get_secret_value() if secret is not None else ""
