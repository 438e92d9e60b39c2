"""Pictures that somebody uploads for the house style: drawn anew, so that only the picture is left of the file."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

UPLOAD_MAX_BYTES: Final = 2 * 1024 * 1024
UPLOAD_MAX_PIXELS: Final = 16_000_000
FORMATS: Final = ("PNG", "WEBP", "JPEG")
LOGO_BOX: Final = (640, 240)
LOGO_MAX_BYTES: Final = 200_000
BACKGROUND_SIZE: Final = (1600, 400)
BACKGROUND_LEAST: Final = (800, 200)
BACKGROUND_MAX_BYTES: Final = 300_000
_QUALITIES: Final = (82, 70, 55, 40, 25)


class PictureError(ValueError):
    """The upload cannot be the picture; the message is for the person who sent it."""


def draw_logo(upload: BinaryIO) -> tuple[bytes, int, int]:
    """A PNG of at most 640 by 240, with its width and height, from a PNG, WebP or JPEG of at most 2 MB.

    Raises:
        PictureError: when the file is no such picture, or too large.
    """
    picture = _opened(upload).convert("RGBA")
    picture.thumbnail(LOGO_BOX)
    png = _png(picture)
    if len(png) > LOGO_MAX_BYTES:
        png = _png(picture.quantize(256))
    if len(png) > LOGO_MAX_BYTES:
        raise PictureError(_("Dit logo heeft te veel details. Kies een eenvoudiger afbeelding."))
    return png, picture.width, picture.height


def draw_background(upload: BinaryIO) -> bytes:
    """A JPEG of 1600 by 400, cut from the middle of a PNG, WebP or JPEG of at most 2 MB.

    Raises:
        PictureError: when the file is no such picture, too large, or too small to look good.
    """
    picture = ImageOps.exif_transpose(_opened(upload))
    if picture.width < BACKGROUND_LEAST[0] or picture.height < BACKGROUND_LEAST[1]:
        raise PictureError(
            _("Deze foto is te klein. Kies er een van minstens %(width)s bij %(height)s beeldpunten.")
            % {"width": BACKGROUND_LEAST[0], "height": BACKGROUND_LEAST[1]}
        )
    # See-through places would become black.
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    strip = ImageOps.fit(paper.convert("RGB"), BACKGROUND_SIZE)
    for quality in _QUALITIES:
        out = io.BytesIO()
        strip.save(out, "JPEG", quality=quality, optimize=True, progressive=True, icc_profile=None)
        if out.tell() <= BACKGROUND_MAX_BYTES:
            return out.getvalue()
    raise PictureError(_("Deze foto heeft te veel details. Kies een rustiger foto."))


def _opened(upload: BinaryIO) -> Image.Image:
    """The picture in the file, read to the end."""
    content = upload.read(UPLOAD_MAX_BYTES + 1)
    if len(content) > UPLOAD_MAX_BYTES:
        raise PictureError(_("Dit bestand is te groot. Kies een bestand van ten hoogste 2 MB."))
    if _is_svg(content):
        raise PictureError(
            _("Een SVG kan programmacode bevatten. Sla de afbeelding op als PNG en kies dat bestand.")
        )
    try:
        with _whole_files_only(), Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > UPLOAD_MAX_PIXELS:
                raise PictureError(
                    _("De afbeelding heeft te veel beeldpunten. Kies een kleinere afbeelding.")
                )
            image.load()
            return image.copy()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError(
            _("Dit bestand is geen bruikbare afbeelding. Kies een PNG, WebP of JPEG.")
        ) from error


def _is_svg(content: bytes) -> bool:
    """Whether the file looks like an SVG, only to say what to do: what Pillow cannot draw is refused anyway."""
    return b"<svg" in content[:2000].replace(b"\x00", b"").lower()


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
