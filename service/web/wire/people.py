"""People and what they come with: moderators, sessions, second factors, tokens."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StrictStr

from service.model.people import Role, Scope
from service.web.wire.base import In, Out


class SessionIn(In):
    """A moderator's name and password, and a code where they have a second factor."""

    name: StrictStr = Field(min_length=1, max_length=64)
    password: StrictStr = Field(min_length=1, max_length=256)
    code: StrictStr | None = Field(None, max_length=64, description="Without it, 401 has a `challenge`.")


class SecondStepIn(In):
    """The other half of signing in."""

    challenge: StrictStr = Field(max_length=200)
    code: StrictStr = Field(min_length=1, max_length=64)


class MeOut(Out):
    """Who is calling, and what they may do."""

    name: str
    scopes: list[str] = Field(description="Held somewhere.")
    sites: list[str] | None = Field(description="Null: every site.")
    by_site: dict[str, list[str]] | None = Field(
        None, description="Scopes by site, for whoever is not the same everywhere."
    )
    errand: Literal["own_password", "second_factor"] | None = Field(
        None, description="What is to be done before anything else."
    )


class PasswordIn(In):
    """A new password for oneself."""

    current: StrictStr = Field("", max_length=256)
    new: StrictStr = Field(max_length=256)


class ProofIn(In):
    """One's own password, for what should not happen at an unattended desk."""

    password: StrictStr = Field("", max_length=256)


class CodeIn(In):
    """A code from the authenticator."""

    code: StrictStr = Field(min_length=1, max_length=64)


class EnrolmentOut(Out):
    """What an authenticator needs; `qr` is an SVG of `uri`."""

    secret: str
    uri: str
    qr: str


class SecondFactorOut(Out):
    """Whether a second factor counts, and how many recovery codes are left."""

    active: bool
    recovery_codes: int


class RecoveryCodesOut(Out):
    """Each stands in once for a lost second factor. They are shown this once."""

    recovery_codes: list[str]


class SessionOut(Out):
    """A signed-in browser; `agent` and `network` are from when it signed in."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str | None
    network: str | None
    current: bool = Field(description="Whether it is the one that asks.")


class SessionsOut(Out):
    """Where somebody is signed in, the latest used first."""

    sessions: list[SessionOut]


class PreferencesOut(Out):
    """What the console should be like. What is not set is as usual."""

    language: Literal["en", "ur", "ar"] | None = None
    theme: Literal["auto", "light", "dark"] = "auto"
    shortcuts: bool = Field(True, description="Whether single keys do something.")
    keys: dict[str, str] = Field(default_factory=dict, description="Keys that were given another place.")


class PreferencesIn(In):
    """What the console should be like, as a whole."""

    language: Literal["en", "ur", "ar"] | None = None
    theme: Literal["auto", "light", "dark"] = "auto"
    shortcuts: StrictBool = True
    keys: dict[StrictStr, StrictStr] = Field(default_factory=dict, max_length=60)


class RightsIn(In):
    """What somebody may do: `role` on every site, or on those of `sites` alone."""

    role: Role
    sites: dict[StrictStr, Role] | None = Field(
        None, max_length=1000, description="By site, the role there. Null: the role on every site."
    )
    may_disclose: StrictBool = Field(False, description="Whether they may open e-mail addresses.")


class ModeratorIn(RightsIn):
    """Somebody to invite."""

    name: StrictStr = Field(min_length=1, max_length=64)


class ModeratorChangeIn(In):
    """What is to be different; what is left out stays."""

    rights: RightsIn | None = None
    disabled: StrictBool | None = None
    subject: StrictStr | None = Field(
        None, max_length=255, description="The `sub` of their account at the provider; empty: none."
    )


class ModeratorOut(Out):
    """A person who decides."""

    id: UUID
    name: str
    role: Role
    sites: dict[str, Role] | None = Field(description="Null: the role on every site.")
    may_disclose: bool
    second_factor: bool
    linked: bool = Field(description="Whether they may sign in with the provider.")
    invited_until: datetime | None = Field(description="Until when their one-time password is good.")
    created_at: datetime
    disabled_at: datetime | None


class InvitedOut(ModeratorOut):
    """The same with the one-time password, which is shown this once."""

    password: str


class OneTimePasswordOut(Out):
    """A password that opens the way to an own one, once, for three days."""

    password: str


class ModeratorsOut(Out):
    """Everybody, the disabled ones last."""

    moderators: list[ModeratorOut]


class TokenIn(In):
    """A token to make."""

    name: StrictStr = Field(min_length=1, max_length=64, description="What it is for.")
    scopes: list[Scope] = Field(min_length=1, max_length=5)
    site: StrictStr | None = Field(None, description="The only site it works for. Null: every site.")
    expires_days: StrictInt | None = Field(None, ge=1, le=3650, description="Null: it does not expire.")


class RotationIn(In):
    """How long the old token goes on beside the new one."""

    overlap_hours: StrictInt = Field(24, ge=0, le=168)


class TokenOut(Out):
    """A token as it is known here. `used_at` is noted at most once a minute."""

    id: str
    name: str | None
    scopes: list[Scope]
    site: str | None
    made_by: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


class TokensOut(Out):
    """Tokens, the newest first and the revoked ones last."""

    tokens: list[TokenOut]


class NewTokenOut(Out):
    """A token itself, which is shown this once."""

    token: str


class DisclosureIn(In):
    """Why an address is opened; the reason is kept, the address nowhere."""

    reason: StrictStr = Field(min_length=1, max_length=200)


class DisclosureOut(Out):
    """One author's e-mail address."""

    email: str
