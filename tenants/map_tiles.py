"""The background of maps: tiles of one host, only for pages with a map."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest

from tenants.context import current_municipality
from tenants.models import Municipality

View = Callable[..., Any]


@dataclass(frozen=True)
class MapTiles:
    """Where tiles come from. `url` holds {z}, {x} and {y}; `attribution` is the text that the maker asks for."""

    url: str
    attribution: str

    @property
    def origin(self) -> str:
        """The one host that a page with a map may load pictures from."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def map_tiles(municipality: Municipality) -> MapTiles | None:
    """The tiles for maps of `municipality`; None when its maps have a plain background.

    The default, the BRT background map of PDOK, covers the European part of the Netherlands only.
    """
    url = settings.MAP_TILES_URL_CARIBBEAN if municipality.is_public_body else settings.MAP_TILES_URL
    return MapTiles(url, settings.MAP_TILES_ATTRIBUTION) if url else None


def with_map(view: View) -> View:
    """Give the page `request.map_tiles` and let it load those tiles; no other page may."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        tiles = map_tiles(current_municipality())
        request.map_tiles = tiles  # type: ignore[attr-defined]
        if tiles is None:
            return view(request, *args, **kwargs)
        return csp_update({"img-src": [tiles.origin]})(view)(request, *args, **kwargs)

    return opened
