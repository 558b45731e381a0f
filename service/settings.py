"""Every knob of the process, from the environment (prefix GREENROOM_). A site's knobs are in the database."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, field_validator
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
    pgbouncer: bool = Field(
        False,
        description="Whether GREENROOM_DATABASE_URL leads to PgBouncer in transaction mode, or its like. The "
        "owner's address has to lead to PostgreSQL itself.",
    )
    data_dir: Path = Field(Path("var"), description="Where the embedded database and the keys are kept.")
    key_file: Path | None = Field(
        None,
        description="The key ring for sealed e-mail addresses. Unset: keys/ring.json in the data folder.",
    )
    erasure_ledger: Path | None = Field(
        None,
        description="The list of what was erased, which a restored database is held to. Unset: "
        "erasures.jsonl beside the key ring. Keep a copy where you keep the ring's.",
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
    readers_pool_size: int = Field(
        4, ge=1, le=100, description="Connections for what readers see, as a role that sees no addresses."
    )
    connections: int = Field(
        2_000,
        ge=50,
        description="Connections of clients at a time; above, those that have sent nothing for longest are "
        "cut. Fewer where the system lets the process open fewer.",
    )
    requests_at_once: int = Field(
        200,
        ge=10,
        description="Requests of readers that are answered at a time, and as many of everybody else; above, "
        "they are told 503.",
    )
    request_seconds: float = Field(
        6, gt=0, description="How long a request of a reader may take before it is told 503."
    )
    submissions_per_minute: float = Field(
        60, gt=0, description="How many comments a minute one network (/24 or /64) may send for long."
    )
    submission_burst: int = Field(60, ge=1, description="How many comments one network may send at once.")
    flood_floor: int = Field(
        60, ge=1, description="So many comments on a site in ten minutes are no flood, however quiet it is."
    )
    sign_in_burst: int = Field(
        5,
        ge=1,
        description="Failed sign-ins for one name before it must wait (one a 3 minutes); "
        "a network has four times as many.",
    )
    session_hours: float = Field(168, gt=0, description="How long a moderator stays signed in at most.")
    session_idle_hours: float = Field(8, gt=0, description="How long a session lasts that nobody uses.")
    require_totp: bool = Field(
        False, description="Whether admins must have a second factor: without one they can only set it up."
    )
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        max_length=255,
        description="The OpenID Connect provider that moderators may sign in with, as it names itself.",
    )
    oidc_client_id: str | None = Field(None, description="The name that the provider knows us by.")
    oidc_client_secret: SecretStr | None = Field(
        None, description="What we prove it with. Unset: a public client, which has PKCE alone."
    )
    oidc_scopes: str = Field("openid profile", description="What we ask the provider for.")
    oidc_label: str = Field(
        "your organisation", description="What the provider is called on the sign-in page."
    )
    oidc_groups_claim: str = Field("groups", description="The claim of the ID token that lists groups.")
    oidc_roles: Annotated[dict[str, str], NoDecode] = Field(
        {},
        description="Which groups may come in by themselves, and as what: editors=admin,desk=moderator. "
        "Everybody else must be linked by an admin first.",
    )
    backup_hours: float = Field(
        24, ge=0, description="How often the embedded database is backed up by itself; 0: never."
    )
    backup_folder: Path | None = Field(
        None, description="Where backups go. Unset: backups in the data folder; another disk is better."
    )
    backup_keep: int = Field(7, ge=1, description="How many backups stay there; older ones are deleted.")
    smtp_host: str | None = Field(
        None, description="The server that takes our mails. Unset: no mails, and so no requests by mail."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to it is encrypted; none is for a server on this machine."
    )
    smtp_user: str | None = Field(None, description="Who we are to it. Unset: it does not ask.")
    smtp_password: SecretStr | None = Field(None, description="What we prove it with.")
    mail_from: str = Field("greenroom@localhost", max_length=254, description="The sender of our mails.")
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
    drain_seconds: float = Field(
        0,
        ge=0,
        le=300,
        description="How long connections are still taken after SIGTERM, while /readyz already says no.",
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

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        return {group.strip(): role.strip() for group, _, role in pairs}

    @field_validator("oidc_roles")
    @classmethod
    def _are_roles(cls, value: dict[str, str]) -> dict[str, str]:
        if not set(value.values()) <= {"reader", "moderator", "admin"}:
            raise ValueError("a group is mapped to reader, moderator or admin")
        return value

    @property
    def own_url(self) -> str:
        """The address that links in mails begin with: never what a request says of itself."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def own_backups(self) -> Path:
        """Where backups go."""
        return self.backup_folder or self.data_dir / "backups"

    @property
    def own_ledger(self) -> Path:
        """Where the list of erasures is."""
        return self.erasure_ledger or self.own_key_file.with_name("erasures.jsonl")

    @property
    def own_key_file(self) -> Path:
        """Where the key ring is."""
        return self.key_file or self.data_dir / "keys" / "ring.json"
