"""Everything read from the environment; nothing else reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from pydantic import ConfigDict, Field, PrivateAttr, SecretStr, ValidationError

from bot.errors import Misconfigured
from bot.forge_settings import FURTHER, ForgeSettings, Secret, numbered
from bot.forges.base import Forge
from bot.forges.hooks import Hook

M = TypeVar("M", bound=ForgeSettings)


class Settings(ForgeSettings):
    """The settings, named as the variables are."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    policy: Path | None = Field(None, alias="COUNTERSIGN_POLICY")
    people: Path | None = Field(None, alias="COUNTERSIGN_PEOPLE")
    database: Path = Field(Path("countersign.db"), alias="COUNTERSIGN_DATABASE")
    ledger_key: Path | None = Field(None, alias="COUNTERSIGN_LEDGER_KEY")
    checkpoints: Path | None = Field(None, alias="COUNTERSIGN_CHECKPOINTS")
    metrics_token: Secret = Field(None, alias="COUNTERSIGN_METRICS_TOKEN")
    host: str = Field("127.0.0.1", alias="COUNTERSIGN_HOST")
    port: int = Field(8080, alias="COUNTERSIGN_PORT", ge=0, le=65535)
    public_url: str | None = Field(
        None, alias="COUNTERSIGN_PUBLIC_URL", pattern=r"^https?://[^/?#]+/?$"
    )
    link_days: int = Field(30, alias="COUNTERSIGN_LINK_DAYS", ge=0, le=365)
    slack_bot_token: Secret = Field(None, alias="SLACK_BOT_TOKEN")
    slack_signing_secret: Secret = Field(None, alias="SLACK_SIGNING_SECRET")
    slack_app_token: Secret = Field(None, alias="SLACK_APP_TOKEN")
    slack_client_id: str | None = Field(None, alias="SLACK_CLIENT_ID")
    slack_client_secret: Secret = Field(None, alias="SLACK_CLIENT_SECRET")
    slack_api_url: str = Field(
        "https://slack.com/api/", alias="SLACK_API_URL", pattern=r"^https?://[^?#]+/api/$"
    )
    _further: tuple[tuple[int, ForgeSettings], ...] = PrivateAttr(())

    @property
    def further(self) -> tuple[tuple[int, ForgeSettings], ...]:
        """Further hosts by their number."""
        return self._further

    def beside(self, further: tuple[tuple[int, ForgeSettings], ...]) -> Self:
        """These settings, with further hosts beside them."""
        self._further = further
        return self

    @property
    def proof(self) -> ProofFiles:
        """Where the ledger's key and its checkpoints are."""
        return proof_files(self.database, self.ledger_key, self.checkpoints)

    def secrets(self) -> Iterator[str]:
        """Every secret as it is, for whoever has to keep them out of something."""
        for _, settings in self._hosts():
            for name in type(settings).model_fields:
                value = getattr(settings, name)
                for one in value if isinstance(value, tuple) else (value,):
                    if isinstance(one, SecretStr):
                        yield one.get_secret_value()

    def missing(self) -> tuple[str, ...]:
        """What `run` still needs: one sentence for each, naming the variable and its source."""
        own = (sentence for lacking, sentence in _needs(self) if lacking)
        forges = (one.needs(f"_{number}" if number else "") for number, one in self._hosts())
        return (*own, *chain.from_iterable(forges))

    def open_forge(self, name: str) -> Forge:
        """The forge to which a name such as "acme/shop" or "gitlab:acme/shop" leads.

        It is opened for that project alone, whether the settings list it or not.

        Raises:
            Misconfigured: no forge has it, or several may, or its credentials are missing.
        """
        wanted, _, project = name.rpartition(":")
        listed = dict(
            chain.from_iterable(one.listed(_ending(number)) for number, one in self._hosts())
        )
        fitting = [host for host in listed if wanted in {"", host}]
        found = [host for host in fitting if project in listed[host]] or fitting
        if not listed:
            raise Misconfigured("\n".join(NO_FORGE[:2]))
        if not found:
            raise Misconfigured(f"no forge {wanted} is set up; there is {' and '.join(listed)}")
        if len(found) > 1:
            said = " or ".join(f"{host}:{project}" for host in found)
            raise Misconfigured(f"{project} may be on several forges: write {said}")
        opened = (one.of(project).open(_ending(number)) for number, one in self._hosts())
        return next(one for one, _ in chain.from_iterable(opened) if one.name == found[0])

    def open_forges(self) -> tuple[tuple[Forge, Hook], ...]:
        """Every forge that is set up, with what it delivers.

        Raises:
            Misconfigured: one lacks its credentials.
        """
        opened = (one.open(_ending(number)) for number, one in self._hosts())
        return tuple(chain.from_iterable(opened))

    def _hosts(self) -> tuple[tuple[int, ForgeSettings], ...]:
        return ((0, self), *self.further)


def _ending(number: int) -> str:
    return f"-{number}" if number else ""


class ProofFiles(NamedTuple):
    """The files that prove the ledger, besides the database itself."""

    key: Path
    checkpoints: Path


def proof_files(database: Path, key: Path | None, checkpoints: Path | None) -> ProofFiles:
    """Both lie beside the database unless they are said to be elsewhere."""
    return ProofFiles(
        key or database.with_name(f"{database.name}.key"),
        checkpoints or database.with_name(f"{database.name}.checkpoints"),
    )


NO_FORGE = (
    "GITHUB_TOKEN, or GITLAB_TOKEN, is not set: a forge is needed, or several",
    "GITHUB_REPOSITORIES, or GITLAB_PROJECTS, is not set: owner/name, several with commas",
    "GITHUB_WEBHOOK_SECRET, or GITLAB_WEBHOOK_SECRET, is not set: a secret of your own",
)
"""What to say where nobody began to set up a forge."""


def _needs(one: Settings) -> tuple[tuple[bool, str], ...]:
    return (
        (
            one.people is None,
            "COUNTERSIGN_PEOPLE is not set: the path of people.yml; nobody else may approve",
        ),
        (
            one.slack_bot_token is None,
            "SLACK_BOT_TOKEN is not set: your Slack app's page, OAuth & Permissions (xoxb-…)",
        ),
        (
            one.slack_signing_secret is None and one.slack_app_token is None,
            "SLACK_APP_TOKEN (Socket Mode, xapp-…) or SLACK_SIGNING_SECRET (HTTP) is not set",
        ),
        *((one.is_empty and not one.further, sentence) for sentence in NO_FORGE),
    )


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings; variables set to nothing count as not set.

    Raises:
        Misconfigured: every value that cannot be used, one a line.
    """
    given = os.environ if environment is None else environment
    values = {key: value.strip() for key, value in given.items() if value.strip()}
    problems: list[str] = []
    settings = _read(Settings, values, "", problems)
    further = tuple(
        (number, _read(ForgeSettings, own, f"_{number}", problems))
        for number in FURTHER
        if (own := numbered(values, number))
    )
    if problems:
        raise Misconfigured("\n".join(problems))
    return settings.beside(further)


def _read(model: type[M], values: Mapping[str, str], suffix: str, problems: list[str]) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as exc:
        problems += [f"{error['loc'][0]}{suffix}: {error['msg']}" for error in exc.errors()]
        return model.model_construct()
