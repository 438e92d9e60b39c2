import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from tenants import colours, house_style, pictures
from tenants.models import Logo

HEX = st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True)


def picture(size=(300, 100), format="PNG", mode="RGBA") -> io.BytesIO:
    out = io.BytesIO()
    Image.new(mode, size, "#154273").save(out, format)
    out.seek(0)
    return out


@given(HEX)
def test_text_on_any_accent_can_be_read(accent):
    assert colours.contrast(accent, colours.text_on(accent)) >= 4.5


@given(HEX)
def test_strong_accent_can_be_read_on_white_and_on_the_soft_accent(accent):
    css = dict(line.strip(" ;").split(": ") for line in house_style.css(accent).splitlines() if "--" in line)
    strong = css["--zitting-accent-strong"]
    assert colours.contrast(strong, "#ffffff") >= 4.5
    assert colours.contrast(strong, css["--zitting-accent-soft"]) >= 4.5
    assert colours.contrast(strong, colours.WHITE) >= 4.5


def test_contrast_is_that_of_wcag():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_css_is_that_of_the_municipality(client_for, zonneiland):
    response = client_for(zonneiland).get("/house-style.css")
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--zitting-accent: #f5c400;" in response.content.decode()
    assert "--zitting-on-accent: #000000;" in response.content.decode()


def test_css_may_stay_in_the_own_browser_only(client):
    response = client.get("/house-style.css")
    assert response.headers["Cache-Control"] == "private, max-age=300"
    again = client.get("/house-style.css", headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_css_changes_its_etag_with_the_accent(client, juinen):
    before = client.get("/house-style.css").headers["ETag"]
    juinen.accent = "#00664f"
    juinen.save()
    assert client.get("/house-style.css").headers["ETag"] != before


def test_css_refuses_post(client):
    assert client.post("/house-style.css").status_code == 405


def test_logo_is_404_until_there_is_one(client):
    assert client.get("/house-style/logo.png").status_code == 404


def test_logo_is_that_of_the_municipality(client_for, juinen, zonneiland):
    house_style.set_logo(juinen, picture())
    response = client_for(juinen).get("/house-style/logo.png")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.content == bytes(juinen.logo.png)
    assert client_for(zonneiland).get("/house-style/logo.png").status_code == 404


@pytest.mark.parametrize(("format", "mode"), [("PNG", "RGBA"), ("WEBP", "RGB"), ("JPEG", "RGB")])
def test_logo_is_drawn_anew_as_a_small_png(juinen, format, mode):
    upload = picture((3000, 900), format, mode)
    upload.seek(0, io.SEEK_END)
    upload.write(b"<script>alert(1)</script>")
    upload.seek(0)
    logo = house_style.set_logo(juinen, upload)
    assert bytes(logo.png).startswith(b"\x89PNG")
    assert b"script" not in bytes(logo.png)
    assert (logo.width, logo.height) == (640, 192)
    assert len(logo.png) <= pictures.LOGO_MAX_BYTES


def test_logo_of_noise_stays_below_the_limit(juinen):
    noise = io.BytesIO()
    Image.effect_noise((1200, 450), 100).convert("RGB").save(noise, "PNG")
    noise.seek(0)
    if noise.getbuffer().nbytes > pictures.UPLOAD_MAX_BYTES:
        pytest.fail("the example is too large to test with")
    assert len(house_style.set_logo(juinen, noise).png) <= pictures.LOGO_MAX_BYTES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"geen plaatje",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"GIF89a" + b"\x00" * 50,
        picture().getvalue()[:60],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        b"x" * (pictures.UPLOAD_MAX_BYTES + 1),
    ],
)
def test_logo_that_is_no_picture_is_refused(juinen, content):
    with pytest.raises(pictures.PictureError):
        house_style.set_logo(juinen, io.BytesIO(content))
    assert not Logo.objects.exists()


def test_logo_that_breaks_off_is_refused_after_weasyprint_was_loaded(juinen, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = picture(mode="RGB", format="JPEG").getvalue()
    with pytest.raises(pictures.PictureError):
        house_style.set_logo(juinen, io.BytesIO(whole[: len(whole) // 2]))


def test_logo_with_too_many_pixels_is_refused_before_it_is_unpacked(juinen):
    bomb = picture((20_000, 20_000), mode="1")
    assert bomb.getbuffer().nbytes < pictures.UPLOAD_MAX_BYTES
    with pytest.raises(pictures.PictureError):
        house_style.set_logo(juinen, bomb)


def test_logo_version_follows_the_logo(juinen):
    house_style.set_logo(juinen, picture())
    assert juinen.logo_version == house_style.digest(bytes(juinen.logo.png))
    house_style.remove_logo(juinen)
    assert juinen.logo_version == ""
    assert not Logo.objects.exists()
