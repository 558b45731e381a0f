"""The console: pages for moderators, drawn on the server, without JavaScript."""

from typing import Final

from service.web.endpoint import Endpoint

CONSOLE: Final[tuple[Endpoint, ...]] = ()
