import pytest

from tenants.links import absolute_url
from tenants.models import Domain


def test_absolute_url_is_at_the_primary_domain(juinen, settings):
    Domain.objects.create(domain="oud.localhost", tenant=juinen, is_primary=False)
    settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = "http", ":8000"
    assert absolute_url(juinen, "/letter/?a=1") == "http://juinen.localhost:8000/letter/?a=1"


@pytest.mark.parametrize(
    "path", ["", "letter/", "//evil.example/", "/\\evil.example/", "https://evil.example/", "@evil"]
)
def test_absolute_url_refuses_what_could_be_another_host(juinen, path):
    with pytest.raises(ValueError, match="absolute path"):
        absolute_url(juinen, path)
