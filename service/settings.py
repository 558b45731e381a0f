"""Every knob of the process, from the environment (prefix GREENROOM_). A site's knobs are in the database."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network
# Not pydantic's PostgresDsn: it refuses an address without a host, as for a socket.
Dsn = Annotated[str, StringConstraints(pattern=r"^postgres(ql)?://")]


class Settings(BaseSettings):
    """Read once at start. `docs/configuration.md` is made from these descriptions."""

    model_config = SettingsConfigDict(env_prefix="GREENROOM_", frozen=True, extra="ignore")

    database_url: Dsn | None = Field(
        None, description="PostgreSQL 16 or newer. Unset: the embedded PostgreSQL, kept in the data folder."
    )
    owner_database_url: Dsn | None = Field(
        None,
        description="The same database as a role that owns the schema, for migrations. Unset: the role of "
        "GREENROOM_DATABASE_URL owns it.",
    )
    data_dir: Path = Field(Path("var"), description="Where the embedded database and the keys are kept.")
    key_file: Path | None = Field(
        None,
        description="The key ring for sealed e-mail addresses. Unset: keys/ring.json in the data folder.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None, description="The service's own address as browsers see it. Unset: http://<host>:<port>."
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="Networks of reverse proxies, with commas between; their X-Forwarded-For and "
        "X-Forwarded-Proto are believed, nobody else's.",
    )
    pool_size: int = Field(8, ge=2, le=100, description="Connections for readers and writers.")
    moderation_pool_size: int = Field(
        3, ge=1, le=50, description="Connections kept for moderators, so that a flood cannot lock them out."
    )
    submissions_per_minute: float = Field(
        60, gt=0, description="How many comments a minute one network (/24 or /64) may send for long."
    )
    submission_burst: int = Field(60, ge=1, description="How many comments one network may send at once.")
    sign_in_burst: int = Field(
        5, ge=1, description="Failed sign-ins for one name or network before it must wait (one a 3 minutes)."
    )
    session_hours: float = Field(168, gt=0, description="How long a moderator stays signed in at most.")
    session_idle_hours: float = Field(8, gt=0, description="How long a session lasts that nobody uses.")
    screening_seconds: float = Field(
        0.3, gt=0, le=5, description="Time for the filters; a comment that takes longer is queued unchecked."
    )
    screening_megabytes: int = Field(
        1024, ge=256, description="Memory that the process of the filters may allocate, in MiB."
    )
    thread_cache_seconds: float = Field(
        1.0, ge=0, le=60, description="How old a thread may be that another process changed."
    )
    max_body_bytes: int = Field(
        192 * 1024, ge=16 * 1024, description="The largest request body that is read."
    )
    shutdown_seconds: int = Field(20, ge=1, description="How long running requests may take when stopping.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")
    log_format: Literal["json", "text"] = Field("json", description="JSON lines, or text for people.")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @property
    def own_key_file(self) -> Path:
        """Where the key ring is."""
        return self.key_file or self.data_dir / "keys" / "ring.json"
