"""Settings, all from the environment with defaults for one office PC. docs/architecture.md lists the variables."""

import atexit
import os
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from projects.registry import ROOMS
from xitun.lib import keyfile

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

TESTING = env.bool("XITUN_TEST", "pytest" in sys.modules)
DEBUG = env.bool("XITUN_DEBUG", False)
HTTPS = env.bool("XITUN_HTTPS", False)  # a proxy in front ends TLS; see deploy/

# --- data and keys -------------------------------------------------------------------------------------------------

if TESTING and not env.str("XITUN_TEST", ""):
    # Each test process has a folder of its own, and processes that tests start inherit it: never the real data.
    _throwaway = tempfile.mkdtemp(prefix="xitun-test-")
    atexit.register(shutil.rmtree, _throwaway, ignore_errors=True)
    os.environ.update(XITUN_DATA=f"{_throwaway}/data", XITUN_KEY_FILE=f"{_throwaway}/key")
XITUN_DATA = Path(env.str("XITUN_DATA", str(BASE_DIR / "var"))).expanduser().resolve()
for _folder in ("media", "static", "log", "broker/queue", "broker/control"):
    (XITUN_DATA / _folder).mkdir(parents=True, exist_ok=True)

XITUN_KEY_FILE = Path(env.str("XITUN_KEY_FILE", str(keyfile.default_path()))).expanduser()
if TESTING:
    XITUN_KEYS = keyfile.Keys(
        id="test", django_secret="t" * 64, fernet=("dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=",), hash="5e" * 32
    )
else:
    try:
        XITUN_KEYS = keyfile.load_or_create(XITUN_KEY_FILE, XITUN_DATA)
    except keyfile.KeyFileError as error:
        raise ImproperlyConfigured(str(error)) from None
SECRET_KEY = XITUN_KEYS.django_secret
XITUN_FERNET_KEYS = list(XITUN_KEYS.fernet)
XITUN_HASH_KEY = XITUN_KEYS.hash_key

# --- applications --------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "treebeard",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "crispy_forms",
    "crispy_bootstrap5",
    "xitun",
    "members",
    "projects",
    *ROOMS,
    "assessments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xitun.middleware.CompressPages",
    "csp.middleware.CSPMiddleware",
    "xitun.middleware.NoStore",
    "xitun.middleware.RejectNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "xitun.middleware.SayNotAllowed",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "xitun.urls"
WSGI_APPLICATION = "xitun.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "django.template.context_processors.i18n",
                "xitun.context_processors.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database, cache -----------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "")
_sqlite = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(XITUN_DATA / "xitun.sqlite3"),
}
DATABASES = {"default": env.db_url("DATABASE_URL") if env.str("DATABASE_URL", "") else _sqlite}
_db = DATABASES["default"]
if _db["ENGINE"].endswith("sqlite3"):
    # Sixty writers on the defaults lose most writes; with these none is lost.
    _db.setdefault("OPTIONS", {}).update(
        timeout=20,
        transaction_mode="IMMEDIATE",
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; "
        "PRAGMA cache_size=-20000; PRAGMA journal_size_limit=67108864",
    )
else:
    # The planner takes questions with many parts for long ones and compiles them: seconds for what needs a tenth.
    _options = _db.setdefault("OPTIONS", {})
    _options["options"] = f"{_options.get('options', '')} -c jit=off".strip()
    _db["CONN_MAX_AGE"] = env.int("XITUN_CONN_MAX_AGE", 60)
    _db["CONN_HEALTH_CHECKS"] = True

_redis_timeouts = {"socket_timeout": 3, "socket_connect_timeout": 2}
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "xitun.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "xitun" + (env.str("PYTEST_XDIST_WORKER", "test") if TESTING else ""),
            "OPTIONS": _redis_timeouts,
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Celery --------------------------------------------------------------------------------------------------------

if TESTING:
    CELERY_BROKER_URL = "memory://"
elif REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # Without max_retries kombu tries to connect for ever inside the request that publishes.
    CELERY_BROKER_TRANSPORT_OPTIONS = {**_redis_timeouts, "max_retries": 0, "retry_on_timeout": False}
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "xitun.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(XITUN_DATA / "broker" / "queue"),
        "data_folder_out": str(XITUN_DATA / "broker" / "queue"),
        "control_folder": str(XITUN_DATA / "broker" / "control"),
        "polling_interval": 0.5,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its fanout files would only pile up
CELERY_WORKER_POOL = "prefork" if REDIS_URL and os.name != "nt" else "solo"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(XITUN_DATA / "broker" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Nightly at the first run past midnight, and at every hour after: an office PC is off at two in the morning.
    "nightly": {"task": "projects.tasks.nightly", "schedule": crontab(minute=10)},
    "welcome": {"task": "projects.tasks.welcome", "schedule": 120, "options": {"expires": 110}},
    "messages": {"task": "projects.tasks.carry_messages", "schedule": 60, "options": {"expires": 50}},
    "jobs": {"task": "members.jobs.look_after_jobs", "schedule": 60, "options": {"expires": 50}},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- what goes out of the house: docs/operations.md ------------------------------------------------------------------

XITUN_SITE_URL = env.str("XITUN_SITE_URL", "")  # under which people reach the house; messages link to it
XITUN_SMTP = env.str("XITUN_SMTP", "")  # smtps://user:password@host:465, or smtp://host:587 for STARTTLS
XITUN_MAIL_FROM = env.str("XITUN_MAIL_FROM", "")
XITUN_WECOM_URL = env.str("XITUN_WECOM_URL", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send")
XITUN_SEND_SECONDS = env.float("XITUN_SEND_SECONDS", 8)  # so long a mail server or robot may take to answer

# --- language, time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "xitun.formats"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- signing in ----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
]
_validators = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _validators + "UserAttributeSimilarityValidator"},
    {"NAME": _validators + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": _validators + "CommonPasswordValidator"},
    {"NAME": _validators + "NumericPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "members.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# A whole office sits behind one address: axes counts by (user name, address), so the per-address limits are off.
# The other limit counts a name, or a second step, wherever the tries come from.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "20/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Xitun"
USERSESSIONS_TRACK_ACTIVITY = False  # it would write to the database on every page

AXES_FAILURE_LIMIT = "members.accounts.failure_limit"  # 5 wrong passwords, 20 wrong slip codes
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["password", "login", "username"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- the wire ------------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = env.list("XITUN_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("XITUN_TRUSTED_ORIGINS", default=[])
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = env.int("XITUN_SESSION_SECONDS", 14 * 24 * 3600)
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "projects.views.drafts.form_expired"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # a form says that it takes fewer, and keeps the words; beyond this all is refused
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # larger ones go to disk
FILE_UPLOAD_PERMISSIONS = 0o600
XITUN_MAX_UPLOAD_BYTES = 30 * 1024 * 1024  # every file field refuses more; a proxy should too (deploy/nginx.conf)

# --- files ---------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = XITUN_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = XITUN_DATA / "media"
MEDIA_URL = ""  # attachments are never served by address: only through a view that checks the reader
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "xitun.static.ManifestStorage"
    },
}

# --- API -----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "members.api_tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "xitun.lib.pagination.KeysetPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["xitun.lib.parsing.BoundedJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [] if TESTING else ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Xitun API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- log: what happened, never about whom --------------------------------------------------------------------------

_log_name = env.str("XITUN_PROCESS", "manage")  # one file a process: rotation of a shared file fails on Windows
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"no_tokens": {"()": "xitun.lib.logs.NoTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "level": "ERROR", "filters": ["no_tokens"]},
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": str(XITUN_DATA / "log" / f"{_log_name}.log"),
            "maxBytes": 5 * 1024 * 1024,
            "backupCount": 5,
            "delay": True,
            "encoding": "utf-8",
            "formatter": "line",
            "filters": ["no_tokens"],
        },
    },
    "root": {"handlers": ["console", "file"], "level": "INFO"},
    "loggers": {
        "django.db.backends": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        "apprise": {"level": "CRITICAL"},  # it writes addresses and texts; what went wrong stands in the outbox
    },
}
