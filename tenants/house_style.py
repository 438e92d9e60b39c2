"""Colours and logo of a municipality."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, UnidentifiedImageError

from tenants.colours import TEXT_CONTRAST, WHITE, darkened_for, mix, text_on
from tenants.models import Logo, Municipality

UPLOAD_MAX_BYTES = 2 * 1024 * 1024
UPLOAD_MAX_PIXELS = 16_000_000
LOGO_FORMATS = ("PNG", "WEBP", "JPEG")
LOGO_BOX = (640, 240)
LOGO_MAX_BYTES = 200_000


class LogoError(ValueError):
    """The upload cannot be a logo; the message is for the person who sent it."""


def css(accent: str) -> str:
    """A style sheet with the custom properties that templates and style sheets build on.

    - `--zitting-accent`: the municipality's colour, for backgrounds; text on it has `--zitting-on-accent`.
    - `--zitting-accent-strong`: the same colour, dark enough to be text on white and on the soft colour (4.5
      : 1); text on it is white.
    - `--zitting-accent-soft`: a very light tint, for backgrounds behind dark text.
    """
    soft = mix(accent, WHITE, 0.92)
    strong = darkened_for(accent, soft, TEXT_CONTRAST)
    properties = {
        "--zitting-accent": accent.lower(),
        "--zitting-on-accent": text_on(accent),
        "--zitting-accent-strong": strong,
        "--zitting-accent-soft": soft,
    }
    lines = "\n".join(f"  {name}: {value};" for name, value in properties.items())
    return f":root {{\n{lines}\n}}\n"


def digest(content: bytes) -> str:
    """A short name for a version of a file."""
    return hashlib.sha256(content).hexdigest()[:16]


def set_logo(municipality: Municipality, upload: BinaryIO) -> Logo:
    """Make `upload` the logo: a PNG, WebP or JPEG of at most 2 MB, drawn anew as a small PNG.

    Drawing anew throws away everything in the file that is not the picture. SVG is refused: it can hold
    scripts.

    Raises:
        LogoError: when the file is no such picture, or too large.
    """
    png, width, height = _redraw(upload.read(UPLOAD_MAX_BYTES + 1))
    with transaction.atomic():
        logo, _created = Logo.objects.update_or_create(
            municipality=municipality, defaults={"png": png, "width": width, "height": height}
        )
        municipality.logo_version = digest(png)
        municipality.save(update_fields=["logo_version"])
    return logo


def remove_logo(municipality: Municipality) -> None:
    """Go back to the name of the municipality in letters."""
    with transaction.atomic():
        Logo.objects.filter(municipality=municipality).delete()
        municipality.logo_version = ""
        municipality.save(update_fields=["logo_version"])


def _redraw(content: bytes) -> tuple[bytes, int, int]:
    if len(content) > UPLOAD_MAX_BYTES:
        raise LogoError(_("Het logo is te groot. Kies een bestand van ten hoogste 2 MB."))
    try:
        with _whole_files_only(), Image.open(io.BytesIO(content), formats=LOGO_FORMATS) as image:
            if image.width * image.height > UPLOAD_MAX_PIXELS:
                raise LogoError(_("Het logo heeft te veel beeldpunten. Kies een kleinere afbeelding."))
            picture = image.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, LogoError):
            raise
        raise LogoError(_("Dit bestand is geen bruikbaar logo. Kies een PNG, WebP of JPEG.")) from error
    picture.thumbnail(LOGO_BOX)
    png = _png(picture)
    if len(png) > LOGO_MAX_BYTES:
        png = _png(picture.quantize(256))
    if len(png) > LOGO_MAX_BYTES:
        raise LogoError(_("Dit logo heeft te veel details. Kies een eenvoudiger afbeelding."))
    return png, picture.width, picture.height


@contextmanager
def _whole_files_only() -> Iterator[None]:
    """Refuse a picture that breaks off; WeasyPrint, once loaded, has Pillow fill up the rest with grey."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    # Pillow would take a colour profile over from the upload, whatever is in it.
    picture.save(out, "PNG", optimize=True, icc_profile=None)
    return out.getvalue()
