import pytest
from django.db import IntegrityError, connection, transaction
from django_tenants.utils import schema_context

from tenants.models import Domain, Municipality
from tenants.words import MUNICIPALITY_WORDS, PUBLIC_BODY_WORDS


def test_display_name_begins_with_the_kind(juinen, zonneiland):
    assert juinen.display_name == "Gemeente Juinen"
    assert zonneiland.display_name == "Openbaar lichaam Zonneiland"


def test_words_follow_the_kind(juinen, zonneiland):
    assert juinen.words is MUNICIPALITY_WORDS
    assert zonneiland.words is PUBLIC_BODY_WORDS
    assert zonneiland.words.currency == "USD"


def test_sender_name_is_the_display_name_unless_set(juinen):
    assert juinen.sender_name == "Gemeente Juinen"
    juinen.from_name = "Team verkiezingen"
    assert juinen.sender_name == "Team verkiezingen"


@pytest.mark.parametrize(
    "values",
    [
        {"code": "GM777", "schema_name": "gm777"},
        {"code": "GM0777", "schema_name": "iets_anders"},
        {"code": "GM0777", "schema_name": "gm0777", "accent": "red;}"},
    ],
)
def test_database_refuses_a_wrong_municipality(values):
    with schema_context("public"), pytest.raises(IntegrityError), transaction.atomic():
        Municipality.objects.create(name="Nieuwdorp", **values)


def test_database_refuses_a_second_primary_domain(juinen):
    Domain.objects.bulk_create([Domain(domain="oud.example", tenant=juinen, is_primary=False)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.filter(domain="oud.example").update(is_primary=True)


def test_database_refuses_capitals_in_a_domain(juinen):
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.bulk_create([Domain(domain="Oud.example", tenant=juinen, is_primary=False)])


def test_sort_key_ignores_case_and_accents(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.sort_key('Özdemir-ÁBC')")
        assert cursor.fetchone() == ("ozdemir-abc",)
