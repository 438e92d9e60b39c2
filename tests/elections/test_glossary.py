"""Every model has its word in the glossary."""

import pytest
from django.apps import apps
from django.conf import settings


@pytest.mark.parametrize("app", ["elections", "tenants"])
def test_every_model_is_in_the_glossary(app):
    text = (settings.BASE_DIR / "docs" / "glossary.md").read_text()
    names = {model.__name__ for model in apps.get_app_config(app).get_models()}
    assert {name for name in names if f"`{name}`" not in text} == set()
