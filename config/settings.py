"""Settings of Zitting. Everything that differs between machines comes from the environment.

`docs/operations.md` lists the variables; `config/checks.py` refuses unsafe combinations.
"""

import json
from pathlib import Path

import environ
from celery.schedules import crontab

from config.patience import REDIS_PATIENCE, postgres_options
from config.vendor import vendor_folders

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
NODE_MODULES = BASE_DIR / "node_modules"
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = env.bool("DEBUG", default=False)
TESTING = env.bool("TESTING", default=False)
# Set by `make demo`: the codes of the demo's colleagues can then be seen at /_authenticator/.
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
MASTER_KEY_FILE = env("MASTER_KEY_FILE", default=str(VAR_DIR / "master-key.json"))

# --- Addresses ---------------------------------------------------------------------------------------------
# The host decides the municipality (tenants.middleware); an unknown host is a 404 before any view runs.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[".localhost"])
HTTPS = env.bool("HTTPS", default=not DEBUG)
PUBLIC_SCHEME = "https" if HTTPS else "http"
PUBLIC_PORT = env("PUBLIC_PORT", default="")  # ":8000" in the demo, empty behind a proxy
USE_X_FORWARDED_HOST = False
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Applications ------------------------------------------------------------------------------------------
# Only what the public schema needs is shared: a forgotten tenant must raise "relation does not exist".
SHARED_APPS = ["django_tenants", "tenants"]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django_otp",
    "elections",
]
INSTALLED_APPS = [
    *SHARED_APPS,
    *TENANT_APPS,
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "config.apps.StaticFiles",
    "django.forms",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "csp",
    "anymail",
    "config.apps.ConfigConfig",
    "portal",
    "backoffice",
]
TENANT_MODEL = "tenants.Municipality"
TENANT_DOMAIN_MODEL = "tenants.Domain"
PUBLIC_SCHEMA_NAME = "public"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
ROOT_URLCONF = "config.urls_tenant"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_LIMIT_SET_CALLS = True
AUTH_USER_MODEL = "elections.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WSGI_APPLICATION = "config.wsgi.application"

MIDDLEWARE = [
    "config.response_headers.ResponseHeadersMiddleware",
    "tenants.middleware.HealthMiddleware",
    "config.metrics.MetricsMiddleware",
    "config.request_ids.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.methods.MethodsMiddleware",
    "config.uploads.UploadMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.cookies.PlantedCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "config.middleware.SessionGuardMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.municipality",
                "config.context.session_watch",
                "backoffice.navigation.navigation",
                "portal.navigation.navigation",
                "backoffice.page_help.page_help",
                "portal.page_help.page_help",
            ],
            "builtins": ["django.templatetags.i18n", "tenants.templatetags.zitting_ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- Database, cache, tasks ------------------------------------------------------------------------------------
# Web servers and workers may not change tables or the log: they connect with a role that owns nothing. Commands that
# change schemas connect as the owner; manage.py sets DATABASE_AS_OWNER for them.
RUNTIME_DATABASE = env.db("DATABASE_URL", default="postgres://app@127.0.0.1:5432/zitting")
OWNER_DATABASE = env.db("DATABASE_OWNER_URL") if env("DATABASE_OWNER_URL", default="") else RUNTIME_DATABASE
# Whom tenants.roles gives rights; nobody where owner and runtime are one role.
RUNTIME_ROLE = RUNTIME_DATABASE["USER"] if RUNTIME_DATABASE["USER"] != OWNER_DATABASE["USER"] else ""
APPEND_ONLY_TABLES = ("elections_auditevent", "elections_auditseal", "elections_auditsealedrow")
OWNER_FUNCTIONS = ("audit_blank", "audit_forget")
DATABASE = OWNER_DATABASE if env.bool("DATABASE_AS_OWNER", default=False) else RUNTIME_DATABASE
DATABASES = {
    "default": {
        **DATABASE,
        "ENGINE": "django_tenants.postgresql_backend",
        # Persistent connections; never behind a transaction-level pooler (config.checks refuses it). They last long
        # enough to know the tables of hundreds of municipalities, and not so long that this fills PostgreSQL's memory.
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": postgres_options(DATABASE.get("OPTIONS", {})),
        "TEST": {"NAME": env("TEST_DATABASE_NAME", default="test_zitting")},
    }
}
REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "tenants.cache_seal.SealedCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "VERSION": 2,  # the release before this one cannot read what SealedCache writes
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "OPTIONS": REDIS_PATIENCE,
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# KiB. A process above it is replaced after its task, so that one large proposal or import does not keep its memory.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.int("WORKER_MAX_MEMORY", default=512 * 1024)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis as long as that takes
# A task in hand longer than this runs twice, so long jobs are cut in chunks of under five minutes.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("TASK_VISIBILITY_TIMEOUT", default=900),
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    **REDIS_PATIENCE,
}
# Once more, for a connection that broke while nobody used it; then the sweep does it.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_TASK_DEFAULT_QUEUE = "default"
# Log-in codes never wait behind letters: elections.notify.outbox puts them on the queue "urgent".
CELERY_TIMEZONE = "UTC"  # a clock change must not stop the schedule
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "elections.dispatch_sweep", "schedule": 60.0},
    "figures": {"task": "elections.keep_platform_figures", "schedule": 60.0},
    # Each hour, so that a night without a clock is made up for: a log is checked once a day.
    "audit": {"task": "elections.dispatch_audit_check", "schedule": 3600.0},
    # At night here and in the Caribbean alike: half past three in the Netherlands, half past ten on Bonaire.
    "clean-up": {"task": "elections.dispatch_clean_up", "schedule": crontab(hour=2, minute=30)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- Sign-in and sessions ---------------------------------------------------------------------------------------
# User names are unique without regard to case, by a constraint on Lower("username") that this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.E003"]
LOGIN_URL = "portal:login"
LOGIN_REDIRECT_URL = "portal:home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "elections.passwords.LengthByRoleValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "elections.passwords.LocalWordsValidator"},
]
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
BROWSER_COOKIE_NAME = f"{COOKIE_PREFIX}browser"
BROWSER_COOKIE_SECURE = HTTPS

# --- Response headers -------------------------------------------------------------------------------------------
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = HTTPS and not TESTING
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        # Older browsers know the first, newer ones the second (config.response_headers names its address).
        "report-uri": ["/csp-report/"],
        "report-to": "csp",
    }
}
# The background of maps, with {z}, {x} and {y}; empty for a plain one. Only pages with a map may load from its host.
# The default is the BRT-A of PDOK (CC BY 4.0), which covers the European Netherlands.
MAP_TILES_URL = env(
    "MAP_TILES_URL",
    default="https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/standaard/EPSG:3857/{z}/{x}/{y}.png",
)
MAP_TILES_URL_CARIBBEAN = env("MAP_TILES_URL_CARIBBEAN", default="")
MAP_TILES_ATTRIBUTION = env("MAP_TILES_ATTRIBUTION", default="Kaartgegevens © Kadaster")
# Where weaknesses can be reported, for /.well-known/security.txt (RFC 9116): mailto: or https:, by comma.
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=[])
SECURITY_POLICY = env("SECURITY_POLICY", default="")

# --- Language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # the middleware activates the municipality's own time zone

# --- Files ------------------------------------------------------------------------------------------------------
MEDIA_ROOT = env("MEDIA_ROOT", default=str(VAR_DIR / "media"))
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static", *vendor_folders(NODE_MODULES)]
# Private files in a bucket instead of MEDIA_ROOT, for web servers and workers on several machines. The keys are read
# from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the role of the machine.
S3_BUCKET = env("S3_BUCKET", default="")
S3_ENDPOINT = env("S3_ENDPOINT", default="")  # empty: Amazon's
S3_REGION = env("S3_REGION", default="")
S3_ADDRESSING = env("S3_ADDRESSING", default="auto")
# What the server encrypts each file with: AES256, aws:kms, or empty where its disks are encrypted.
S3_ENCRYPTION = env("S3_ENCRYPTION", default="AES256")
STORAGES = {
    "default": {
        "BACKEND": "tenants.s3_storage.TenantS3Storage" if S3_BUCKET else "tenants.storage.TenantStorage"
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Each of the thousands of browsers of the tests would look at every static file first: a tenth of their time.
WHITENOISE_AUTOREFRESH = TESTING
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Public keys of age (age1…) that backups are encrypted for, by comma; `manage.py backup key` makes one.
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])
# The key that seals backups, only where they are made; and the public keys whose seals a restore believes.
BACKUP_SIGNING_KEY = env("BACKUP_SIGNING_KEY", default="")
BACKUP_SIGNERS = env.list("BACKUP_SIGNERS", default=[])
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "config.temporary_files.TemporaryFileHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# The longest form is the shift template: a field per kind of station, day part and position.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
# A command that gets the path of an upload: exit code 0 clean, 1 infected, anything else "not checked", which refuses.
ANTIVIRUS_COMMAND = env("ANTIVIRUS_COMMAND", default="")
ANTIVIRUS_SECONDS = env.int("ANTIVIRUS_SECONDS", default=60)

# --- Mail -------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="smtp://127.0.0.1:1025")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "elections.notify.handover.EmailBackend"
# Seconds: for every answer of the mail server, and for the one after the content, when it may look for viruses.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
EMAIL_ANSWER_TIMEOUT = env.int("EMAIL_ANSWER_TIMEOUT", default=60)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="zitting@localhost")
# A mail service with an API in place of SMTP: its name in django-anymail, such as "mailgun", and its settings as JSON.
MAIL_PROVIDER = env("MAIL_PROVIDER", default="")
ANYMAIL = {
    "REQUESTS_TIMEOUT": (5, 30),
    # A pixel or a link of the service would tell it, and us, what somebody reads.
    "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
    "IGNORE_UNSUPPORTED_FEATURES": True,
    **json.loads(env("ANYMAIL", default="") or "{}"),
}
if MAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
# Where the service tells what became of a mail: a host name of the platform itself, of no municipality.
PLATFORM_HOST = env("PLATFORM_HOST", default="")
# What the DNS of the sender's domain should say (backoffice, page "Afzender"), and who is asked; empty: as the system.
MAIL_SPF = env("MAIL_SPF", default="")
MAIL_DKIM_SELECTOR = env("MAIL_DKIM_SELECTOR", default="")
MAIL_DKIM_RECORD = env("MAIL_DKIM_RECORD", default="")
DNS_SERVERS = env.list("DNS_SERVERS", default=[])

# --- Logging ----------------------------------------------------------------------------------------------------
# "line" for people, "json" for a collector of logs; both tell the municipality and the request.
LOG_FORMAT = env("LOG_FORMAT", default="line")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"origin": {"()": "config.logs.Origin"}, "discreet": {"()": "config.logs.Discreet"}},
    "formatters": {
        "line": {
            "class": "config.logs.Line",
            "format": "%(asctime)s %(levelname)s [%(municipality)s %(request_id)s] %(name)s: %(message)s",
        },
        "json": {"()": "config.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["origin", "discreet"],
            "formatter": LOG_FORMAT,
        }
    },
    # A line per step, per glyph table and per start tells nothing.
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint.progress", "fontTools", "pikepdf._core")},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}

# --- Watching ---------------------------------------------------------------------------------------------------
# Who reads /metrics must know the token; it is answered at a port of its own. Without a token there are no figures.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_PORT = env.int("METRICS_PORT", default=9100)
# Where error reports go, as a Sentry server gives it; empty: nowhere.
SENTRY_DSN = env("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env("SENTRY_ENVIRONMENT", default="production")
SENTRY_RELEASE = env("SENTRY_RELEASE", default="")

# An error report says where it went wrong, never with which data.
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.error_reports.ReportFilter"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
