"""Which passwords are refused."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context

from elections.models import User


@pytest.mark.parametrize(
    "password",
    [
        "kort",
        "elf tekens!",
        "Juinen-2027-!!",
        "stembureau2027",
        "Verkiezing123!",
        "zittingzitting",
        "gemeentejuinen",
        "123456789012345",
        "a.vandenberg1",
    ],
)
def test_easy_password_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(username="a.vandenberg"))


@pytest.mark.parametrize(
    "password", ["paard batterij nietje", "mijn stembureau heeft drie ramen", "ééntweedrievieren"]
)
def test_long_sentence_is_accepted(password):
    validate_password(password, User(username="a.vandenberg"))


def test_colleague_needs_fifteen_characters():
    validate_password("dertientekens", User(username="a"))
    with pytest.raises(ValidationError, match="minstens 15 tekens"):
        validate_password("dertientekens", User(username="a", role="reader"))


def test_name_of_the_municipality_at_work_counts(zonneiland):
    validate_password("zonneiland12", User(username="a.vandenberg"))
    with tenant_context(zonneiland), pytest.raises(ValidationError):
        validate_password("zonneiland12", User(username="a.vandenberg"))
