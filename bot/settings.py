"""Everything read from the environment; nothing else reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from bot.errors import Misconfigured


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


Names = Annotated[tuple[str, ...], BeforeValidator(_parts)]
SecretNames = Annotated[tuple[SecretStr, ...], BeforeValidator(_parts)]
Secret = SecretStr | None


class Settings(BaseModel):
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
    github_token: Secret = Field(None, alias="GITHUB_TOKEN")
    github_app_id: int | None = Field(None, alias="GITHUB_APP_ID")
    github_app_private_key: Secret = Field(None, alias="GITHUB_APP_PRIVATE_KEY")
    github_api_url: str = Field(
        "https://api.github.com", alias="GITHUB_API_URL", pattern=r"^https?://[^?#]+$"
    )
    github_webhook_secret: SecretNames = Field((), alias="GITHUB_WEBHOOK_SECRET")
    github_repositories: Names = Field((), alias="GITHUB_REPOSITORIES")

    @property
    def proof(self) -> ProofFiles:
        """Where the ledger's key and its checkpoints are."""
        return proof_files(self.database, self.ledger_key, self.checkpoints)

    def secrets(self) -> Iterator[str]:
        """Every secret as it is, for whoever has to keep them out of something."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, SecretStr):
                    yield one.get_secret_value()

    def missing(self) -> tuple[str, ...]:
        """What `run` still needs: one sentence for each, naming the variable and its source."""
        return tuple(sentence for lacking, sentence in _needs(self) if lacking)


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


def _needs(one: Settings) -> tuple[tuple[bool, str], ...]:
    app = one.github_app_id is not None and one.github_app_private_key is not None
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
        (
            one.github_token is None and not app,
            "GITHUB_TOKEN, or GITHUB_APP_ID with GITHUB_APP_PRIVATE_KEY, is not set",
        ),
        (
            not one.github_repositories,
            "GITHUB_REPOSITORIES is not set: owner/name, several with commas",
        ),
        (
            not one.github_webhook_secret,
            "GITHUB_WEBHOOK_SECRET is not set: without it anybody could send events",
        ),
    )


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings; variables set to nothing count as not set.

    Raises:
        Misconfigured: every value that cannot be used, one a line.
    """
    values = os.environ if environment is None else environment
    try:
        return Settings.model_validate(
            {key: value.strip() for key, value in values.items() if value.strip()}
        )
    except ValidationError as exc:
        lines = (f"{error['loc'][0]}: {error['msg']}" for error in exc.errors())
        raise Misconfigured("\n".join(lines)) from exc
