"""Every setting of the program, from ``ATTUNE_…`` variables and a ``.env`` file. Described in docs/operations.md."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.access_matrix import Role

ROOT = Path(__file__).resolve().parent.parent


class OpenIdProvider(BaseModel):
    """A provider of single sign-on (OpenID Connect). ``key`` stands in the address that it sends people back to.

    ``second_step_acr`` and ``second_step_amr`` are what its tokens say (``acr``, ``amr``) of a sign-in with a second
    step; without both it is trusted to ask for one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    label: str = Field(min_length=1, max_length=60)
    issuer: str = Field(pattern=r"^https?://")
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    scope: str = "openid profile"
    role_claim: str | None = None
    roles: dict[str, Role] = {}
    makes_people: bool = False
    second_step_acr: list[str] = []
    second_step_amr: list[str] = []


class Settings(BaseSettings):
    """The settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="ATTUNE_", env_file=".env", extra="ignore")

    database_url: str = Field(
        default=f"sqlite:///{ROOT / 'data' / 'attune.db'}",
        validation_alias=AliasChoices("DATABASE_URL", "ATTUNE_DATABASE_URL"),
        description="Where the data are: an SQLite file, or postgresql://user:password@host/name.",
    )
    database_key: SecretStr | None = Field(
        default=None, description="Encrypts the SQLite file (SQLCipher). Without it the file is plain."
    )
    database_pool: int = Field(
        default=10, ge=1, le=200, description="Connections that each process opens to PostgreSQL at most."
    )
    read_database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("READ_DATABASE_URL", "ATTUNE_READ_DATABASE_URL"),
        description="A streaming replica of PostgreSQL for screens that only read.",
    )
    read_staleness_seconds: int = Field(
        default=10, ge=1, le=600, description="How far the replica may lag before screens read the database itself."
    )
    idle_minutes: int = Field(default=60, ge=1, description="Minutes without a tap until a session ends.")
    absolute_hours: int = Field(default=12, ge=1, description="Hours after which a session ends whatever happens.")
    behind_tls: bool = Field(
        default=False, description="True when a proxy serves us over https: cookies are Secure and HSTS is sent."
    )
    children_minimum: int = Field(default=10, ge=2, description="Counts of children from 1 to below this are hidden.")
    staff_minimum: int = Field(default=5, ge=3, description="Survey results of fewer people than this are hidden.")
    retention_days: dict[str, int] = Field(
        default={}, description="Days until a removed record is deleted for good, where not as in db/retention.yaml."
    )
    backup_recipient: str | None = Field(
        default=None, description="The public key (age1…) that backups are encrypted for. See docs/operations.md."
    )
    production: bool = Field(
        default=False, description="True in real use: Attune refuses to start while `manage.py doctor` finds a fault."
    )
    second_factor_roles: list[Role] = Field(
        default=[], description='Roles that sign in with a code of an app as well, such as ["admin", "coordinator"].'
    )
    first_password_days: int = Field(
        default=7, ge=1, description="Days until a password ends that somebody else set and its owner did not change."
    )
    openid: list[OpenIdProvider] = Field(
        default=[], description="OpenID providers to sign in with, as JSON. See docs/operations.md."
    )
    throttle_account: int = Field(
        default=10, ge=1, description="Wrong passwords for one account in 15 minutes before it has to wait."
    )
    throttle_server: int = Field(
        default=200, ge=1, description="Wrong passwords on the whole server in 15 minutes before all have to wait."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="What Prometheus sends as its bearer token to /metrics; without it there is none.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged.")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Give the settings, read once per process."""
    return Settings()
