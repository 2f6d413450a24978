"""Settings, read from the environment; `portal.launch.variables` lists and checks every variable.

Production is the default, and there is no DEBUG switch. State (keys, files, embedded database) is below `LIREN_VAR`,
by default `var/` beside manage.py. Reading the settings makes nothing: a start does (`portal.launch.prepare`).
"""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ

from portal.launch.state import portal_address, state_path
from portal.launch.variables import LOOPBACK, checked_url, trusted_proxies

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = state_path()
LIREN_URL = checked_url(portal_address(VAR_DIR))

_url = urlsplit(LIREN_URL)
ONLY_HERE = _url.hostname in LOOPBACK
"""Whether the portal is reachable only from this machine."""
HTTPS = _url.scheme == "https"
TRUSTED_PROXIES = trusted_proxies()

DEBUG = False
_key_file = VAR_DIR / "keys" / "secret_key"
SECRET_KEY = _key_file.read_text("ascii").strip() if _key_file.is_file() else secrets.token_urlsafe(64)
DATA_KEYS_DIR = VAR_DIR / "keys"
ALLOWED_HOSTS = sorted({_url.hostname} | (LOOPBACK if not HTTPS else set()) | {"[::1]"})
CSRF_TRUSTED_ORIGINS = [LIREN_URL.rstrip("/")]

INSTALLED_APPS = [
    "portal",
    "community",
    "residents",
    "partybuilding",
    "services",
    "security",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # templates of its widgets, some of which templates/django/forms/ overrides
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "import_export",
    "pghistory",
    "pgtrigger",
    "procrastinate.contrib.django",
    "template_partials",
]

MIDDLEWARE = [
    "portal.middleware.HealthMiddleware",
    "portal.middleware.ProxyMiddleware",
    "portal.middleware.RequestIdMiddleware",
    "portal.middleware.AddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.published_pages.middleware.PublishedPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.files.body_limits.BodySizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.SessionTimesMiddleware",
    "portal.middleware.LoginRequiredMiddleware",
    "portal.middleware.ScopeMiddleware",
    "portal.menu.middleware.RecentPagesMiddleware",
    "portal.middleware.ViolationMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.menu.context.page_frame",
            ],
            "builtins": ["portal.templatetags.liren", "template_partials.templatetags.partials"],
        },
    },
]
FORM_RENDERER = "portal.forms.renderer.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# The runtime login by default; manage.py selects the owner's for the few commands that cross communities.
_login = "DATABASE_OWNER_URL" if env.str("LIREN_LOGIN", default="web") == "owner" else "DATABASE_URL"


def _database(conn_max_age: int) -> dict:
    config = env.db_url(_login, default="postgres:///liren")
    return config | {
        "ENGINE": "portal.database",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": conn_max_age,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **config.get("OPTIONS", {}),
            # Pages report an unreachable database within three seconds; commands may wait longer.
            "connect_timeout": env.int("LIREN_CONNECT_SECONDS", default=2),
            "application_name": "liren",
            # A statement that hangs must not hold a worker thread or a lock for ever.
            "options": "-c statement_timeout=60s -c lock_timeout=10s -c idle_in_transaction_session_timeout=120s",
        },
    }


DATABASES = {
    # The scope middleware's transaction wraps the view's own (decision 0003).
    "default": _database(600) | {"ATOMIC_REQUESTS": True},
    # Access log, rate limits and heartbeats outlive a rollback of the request.
    "journal": _database(600) | {"TEST": {"MIRROR": "default"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "community.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.accounts.passwords.LocalWordsValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "portal:login"
LOGIN_REDIRECT_URL = "community:home"
LOGOUT_REDIRECT_URL = LOGIN_URL

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "portal/accounts/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_DISABLE_ACCESS_LOG = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-liren" if HTTPS else "liren"
PHONE_COOKIE_NAME = "__Host-liren-phone" if HTTPS else "liren-phone"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "portal.pages.errors.csrf_failure"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["portal.values.formats"]
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("tabler", BASE_DIR / "node_modules" / "@tabler" / "core" / "dist"),
    ("htmx", BASE_DIR / "node_modules" / "htmx.org" / "dist"),
]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {
        "BACKEND": "portal.files.storage.AtomicFileStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The whole body is limited by path (portal.files.body_limits); this limits the fields of a form without its files.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# The mapping form of an import with sixty sheets has a thousand columns.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# Forms have their own limits, far below this.
DATA_UPLOAD_MAX_NUMBER_FILES = 100
# Larger uploads are in the state folder during the request; portal.launch.prepare deletes the remains of a crash.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
_uploads = VAR_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR = _uploads if _uploads.is_dir() else None

PGHISTORY_BASE_MODEL = "portal.audit.tracking.EventBase"
PGHISTORY_DEFAULT_TRACKERS = ()
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = False
PGTRIGGER_MIGRATIONS = False  # portal.database.install brings them

SILENCED_SYSTEM_CHECKS = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"exclude_health_checks": {"()": "portal.monitoring.logs.ExcludeHealthChecks"}},
    "formatters": {"json": {"()": "portal.monitoring.logs.JSONFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Monitors request health checks every few seconds; their response tells what is wrong.
        "django.request": {"filters": ["exclude_health_checks"]},
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # It logs every start; our commands print their own messages on stderr.
        "procrastinate": {"level": "WARNING"},
        "axes": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
