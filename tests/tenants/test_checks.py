import pytest
from django.core.checks import run_checks

from config import checks

SAFE_KEY = "k" * 64


def ids(check) -> list[str]:
    return [message.id for message in check()]


@pytest.mark.parametrize("key", ["kort", "changeme" + "x" * 60, "only-for-tests-" + "0" * 40])
def test_weak_secret_key_is_refused(settings, key):
    settings.SECRET_KEY = key
    assert ids(checks.secret_key_is_secret) == ["zitting.E001"]


def test_long_secret_key_passes(settings):
    settings.SECRET_KEY = SAFE_KEY
    assert ids(checks.secret_key_is_secret) == []


def test_missing_master_key_is_refused(settings, tmp_path):
    settings.MASTER_KEY_FILE = str(tmp_path / "none.json")
    assert ids(checks.master_key_is_private) == ["zitting.E002"]


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o644, ["zitting.E003"]), (0o640, ["zitting.E003"]), (0o600, [])]
)
def test_master_key_must_be_private(settings, tmp_path, mode, expected):
    path = tmp_path / "key.json"
    path.touch()
    path.chmod(mode)
    settings.MASTER_KEY_FILE = str(path)
    assert ids(checks.master_key_is_private) == expected


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ([], ["zitting.E004"]),
        (["*"], []),
        ([".localhost"], ["zitting.E004"]),
        ([".zitting.example"], []),
    ],
)
def test_hosts_must_be_named(settings, hosts, expected):
    settings.ALLOWED_HOSTS = hosts
    assert ids(checks.hosts_are_named) == expected


def test_cookies_of_the_settings_are_bound_to_one_host():
    assert ids(checks.cookies_are_bound_to_one_host) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_COOKIE_NAME", "session"),
        ("SESSION_COOKIE_DOMAIN", ".localhost"),
        ("CSRF_COOKIE_SECURE", False),
        ("LANGUAGE_COOKIE_PATH", "/portal"),
    ],
)
def test_cookie_for_more_than_one_host_is_refused(settings, name, value):
    setattr(settings, name, value)
    assert ids(checks.cookies_are_bound_to_one_host) == ["zitting.E005"]


def test_transaction_pooler_is_refused_unless_it_keeps_sessions(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "PORT", 6432)
    assert ids(checks.no_transaction_pooler) == ["zitting.E006"]
    monkeypatch.setenv("POOLER_KEEPS_SESSIONS", "yes")
    assert ids(checks.no_transaction_pooler) == []


def test_app_in_both_lists_is_refused(settings):
    settings.SHARED_APPS = [*settings.SHARED_APPS, "elections"]
    assert ids(checks.schemas_share_no_tables) == ["zitting.E007"]


def test_cache_without_schema_is_refused(settings):
    settings.CACHES = {"default": settings.CACHES["default"], "other": {"BACKEND": "x"}}
    assert ids(checks.caches_know_the_municipality) == ["zitting.E008"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("memory://", ["zitting.E009"]),
        ("redis://redis:6379/0", ["zitting.W007"]),
        ("redis://:@redis:6379/0", ["zitting.W007"]),
        ("rediss://redis:6379/0", ["zitting.W007"]),
        ("redis://:geheim@redis:6379/0", []),
        ("unix:///run/redis.sock", []),
    ],
)
def test_broker_is_redis_with_a_password(settings, url, expected):
    settings.CELERY_BROKER_URL = url
    assert ids(checks.broker_is_configured) == expected


def test_missing_letter_library_is_a_warning(monkeypatch):
    monkeypatch.setattr(checks, "LIBRARIES", {"libnergens.so.0": "libnergens0"})
    assert ids(checks.letter_libraries_are_present) == ["zitting.W001"]


def test_demo_on_a_public_address_is_refused(settings):
    settings.DEMO, settings.HTTPS = True, True
    assert ids(checks.demo_is_off) == ["zitting.E011"]
    settings.HTTPS = False
    assert ids(checks.demo_is_off) == []


@pytest.mark.parametrize("name", ["DEBUG", "TESTING"])
def test_what_is_for_developers_is_refused(settings, name):
    settings.DEBUG, settings.TESTING = False, False
    assert ids(checks.nothing_is_on_for_developers) == []
    setattr(settings, name, True)
    assert ids(checks.nothing_is_on_for_developers) == ["zitting.E012"]


def test_proxy_that_is_not_counted_is_refused(settings):
    settings.SECURE_PROXY_SSL_HEADER, settings.TRUSTED_PROXY_COUNT = ("HTTP_X_FORWARDED_PROTO", "https"), 0
    assert ids(checks.visitors_are_told_apart) == ["zitting.E013"]
    settings.TRUSTED_PROXY_COUNT = 1
    assert ids(checks.visitors_are_told_apart) == []


def test_settings_of_the_tests_pass_all_checks():
    assert [message for message in run_checks() if message.is_serious() and not message.is_silenced()] == []


def test_scanner_of_uploads_is_named_and_there(settings):
    settings.ANTIVIRUS_COMMAND = ""
    assert ids(checks.uploads_are_scanned) == ["zitting.W003"]
    settings.ANTIVIRUS_COMMAND = "/nergens/clamdscan --fdpass"
    assert ids(checks.uploads_are_scanned) == ["zitting.E014"]
    settings.ANTIVIRUS_COMMAND = "sh -c true"
    assert ids(checks.uploads_are_scanned) == []


def test_mail_service_is_known_and_can_tell_what_became_of_mails(settings):
    settings.ALLOWED_HOSTS = [".gemeente.example", "platform.example"]
    for provider, host, found in (
        ("", "", []),
        ("duivenpost", "platform.example", ["zitting.E015"]),
        ("mailgun", "", ["zitting.W004"]),
        ("mailgun", "elders.example", ["zitting.E016"]),
        ("mailgun", "platform.example", []),
    ):
        settings.MAIL_PROVIDER, settings.PLATFORM_HOST = provider, host
        assert ids(checks.mail_service_can_answer) == found


@pytest.mark.parametrize(("token", "expected"), [("kort", ["zitting.E020"]), ("t" * 32, []), ("", [])])
def test_token_of_the_figures_cannot_be_guessed(settings, token, expected):
    settings.METRICS_TOKEN = token
    assert ids(checks.figures_are_not_public) == expected
