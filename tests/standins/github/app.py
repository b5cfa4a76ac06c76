"""GitHub Apps: a signed JWT proves the app, an installation token acts as its bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import jwt

from tests.standins.github.state import Person
from tests.standins.github.views import Json, moment


@dataclass
class App:
    """A registered app, and where it is installed (repository → installation id)."""

    id: int
    slug: str
    public_key: str
    bot: Person
    installations: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)

    def proves(self, token: str) -> bool:
        """Whether this is a JWT that the app signed and that holds now."""
        try:
            jwt.decode(token, self.public_key, algorithms=["RS256"], issuer=str(self.id))
        except jwt.InvalidTokenError:
            return False
        return True

    def may_enter(self, token: str, repository: str) -> bool:
        """Whether this is a token of the installation on that repository."""
        return token in self.tokens and self.tokens[token] == self.installations.get(repository)

    def issue(self, installation: int) -> Json:
        """An access token for an installation, good for an hour of real time."""
        token = f"ghs_{installation}_{len(self.tokens) + 1}"
        self.tokens[token] = installation
        # Real time, since client libraries compare it with their own clock.
        until = datetime.now(UTC) + timedelta(hours=1)
        return {"token": token, "expires_at": moment(until), "permissions": {}}

    def view(self) -> Json:
        """The app as GitHub shows it."""
        return {"id": self.id, "slug": self.slug, "name": self.slug.title()}

    def installation_view(self, repository: str, base: str) -> Json:
        """The app's installation on one repository."""
        installation = self.installations[repository]
        return {
            "id": installation,
            "app_id": self.id,
            "app_slug": self.slug,
            "access_tokens_url": f"{base}/app/installations/{installation}/access_tokens",
        }
