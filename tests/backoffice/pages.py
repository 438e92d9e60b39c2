"""Pages of the backoffice by name, and what they say."""

from django.urls import reverse


def url(name, thing=None):
    return reverse(f"backoffice:{name}", args=[thing.uuid] if thing else None)


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()
