import pytest
import time_machine
from django_tenants.utils import schema_context, tenant_context

from tenants import signing
from tenants.context import NoMunicipality


def test_loads_gives_back_what_dumps_took():
    assert signing.loads(signing.dumps({"lid": 1}, purpose="agenda"), purpose="agenda") == {"lid": 1}


def test_text_of_one_municipality_is_worthless_at_another(zonneiland):
    signed = signing.dumps(1, purpose="agenda")
    with tenant_context(zonneiland), pytest.raises(signing.BadSignature):
        signing.loads(signed, purpose="agenda")


def test_text_for_one_purpose_is_worthless_for_another():
    with pytest.raises(signing.BadSignature):
        signing.loads(signing.dumps(1, purpose="agenda"), purpose="uitnodiging")


def test_changed_text_is_refused():
    signed = signing.dumps(1, purpose="agenda")
    with pytest.raises(signing.BadSignature):
        signing.loads("2" + signed[1:], purpose="agenda")


def test_old_text_is_refused():
    with time_machine.travel("2027-03-17 09:00Z"):
        signed = signing.dumps(1, purpose="agenda")
    with time_machine.travel("2027-03-17 10:00:01Z"):
        assert signing.loads(signed, purpose="agenda") == 1
        with pytest.raises(signing.SignatureExpired):
            signing.loads(signed, purpose="agenda", max_age=3600)


def test_nothing_is_signed_in_public():
    with schema_context("public"):
        with pytest.raises(NoMunicipality):
            signing.dumps(1, purpose="agenda")
        with pytest.raises(NoMunicipality):
            signing.loads("x", purpose="agenda")


def test_signature_without_a_time_is_the_same_each_time_and_of_here_only(zonneiland):
    signed = signing.sign("lid", purpose="agenda")
    assert signing.sign("lid", purpose="agenda") == signed
    assert signing.unsign(signed, purpose="agenda") == "lid"
    for text, purpose in ((signed, "uitnodiging"), (f"lie{signed[3:]}", "agenda"), ("lid", "agenda")):
        with pytest.raises(signing.BadSignature):
            signing.unsign(text, purpose=purpose)
    with tenant_context(zonneiland), pytest.raises(signing.BadSignature):
        signing.unsign(signed, purpose="agenda")
