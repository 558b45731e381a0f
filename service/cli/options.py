"""Options that many commands share, and how they become settings."""

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer
from pydantic import ValidationError

from service.errors import ServiceError
from service.settings import Settings

# Who did it, in the audit trail.
ACTOR: Final = "command line"
DataDir: TypeAlias = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the database and the keys are kept.", show_default=False),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Slug: TypeAlias = Annotated[str, typer.Argument(metavar="SITE", help="The site's short name.")]
SiteName: TypeAlias = Annotated[
    str | None, typer.Option("--site", help="For this site only.", metavar="SLUG", show_default=False)
]


class WrongSettings(ServiceError):
    """The environment holds a setting that will not do."""


def settings_of(data_dir: Path | None, **over: object) -> Settings:
    """Settings from the environment, with what the command line says on top."""
    given = {name: value for name, value in {"data_dir": data_dir, **over}.items() if value is not None}
    try:
        return Settings.model_validate({**Settings().model_dump(), **given})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "GREENROOM_" + "_".join(map(str, first["loc"][:1])).upper()
        raise WrongSettings(f"{name}: {first['msg']}. docs/configuration.md lists every setting.") from None
