"""Settings, all from the environment; docs/operations.md lists the variables.

Nothing set means a demonstration on SQLite. PARINDEX_PRODUCTION=1 turns every safeguard on and makes the
missing ones an error.
"""

from pathlib import Path
from urllib.parse import quote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO_SECRET_KEY = "demo-only-secret-key-that-production-refuses-to-start-with"  # noqa: S105 — refused below

env = environ.Env()

PRODUCTION = env.bool("PARINDEX_PRODUCTION", default=False)
DEBUG = env.bool("PARINDEX_DEBUG", default=False)
SECRET_KEY = env.str("PARINDEX_SECRET_KEY", default=DEMO_SECRET_KEY)
ALLOWED_HOSTS = env.list("PARINDEX_HOSTS", default=["127.0.0.1", "localhost"])
VAR_DIR = Path(env.str("PARINDEX_VAR", default=str(BASE_DIR / "var")))

if PRODUCTION:
    if SECRET_KEY == DEMO_SECRET_KEY:
        raise ImproperlyConfigured("PARINDEX_SECRET_KEY: set a long random value of your own in production.")
    if DEBUG:
        raise ImproperlyConfigured("PARINDEX_DEBUG must stay off in production.")
    if "PARINDEX_HOSTS" not in env.ENVIRON:
        raise ImproperlyConfigured("PARINDEX_HOSTS: name the hosts that production serves, comma separated.")

INSTALLED_APPS = [
    "parindex.apps.SiteConfig",
    "parindex.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "bootstrap",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "import_export",
    "rules",
    "simple_history",
    "template_partials",
    "accounts",
    "criteria",
    "assessments",
    "reports",
]

MIDDLEWARE = [
    "accounts.middleware.stamp_arrival",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "parindex.urls"
WSGI_APPLICATION = "parindex.wsgi.application"

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
                "parindex.context.site",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "criteria.templatetags.points",
            ],
        },
    },
]

VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{quote(str(VAR_DIR / 'db.sqlite3'))}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at BEGIN; without it concurrent writers fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "evidence"
WHITENOISE_USE_FINDERS = not PRODUCTION
# Looks files up when asked for: the packages bring two thousand, and listing them costs every start and test client.
WHITENOISE_AUTOREFRESH = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.MemberBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "accounts.passwords.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "accounts.middleware.client_address"
# Reverse proxies of our own, each of which appends to X-Forwarded-For whom it speaks with.
PROXIES = env.int("PARINDEX_PROXIES", default=1 if PRODUCTION else 0)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_FAILURE_VIEW = "parindex.views.csrf_failure"

if PRODUCTION:
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"level": "WARNING"}, "parindex": {"level": "INFO"}},
}

# In a demonstration letters are printed where `manage.py remind` runs; in production there are none without a server.
SENDS_MAIL = not PRODUCTION or "EMAIL_URL" in env.ENVIRON
MAIL = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_HOST"], MAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"], MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
EMAIL_SUBJECT_PREFIX = ""
DEFAULT_FROM_EMAIL = env.str("PARINDEX_SENDER", default=f"cchc@{ALLOWED_HOSTS[0]}")
# What stands before the path in letters.
SITE_ADDRESS = env.str(
    "PARINDEX_ADDRESS",
    default=f"https://{ALLOWED_HOSTS[0]}"
    if PRODUCTION
    else f"http://127.0.0.1:{env.str('PORT', default='8000')}",
).rstrip("/")

IMPORT_EXPORT_USE_TRANSACTIONS = True
EVIDENCE_MAX_BYTES = 20 * 1024 * 1024

# Stored documents are accessible either way; a registry that archives PDF/A asks for the second.
_PDF_VARIANTS = {"ua": "pdf/ua-1", "a-3": "pdf/a-3a"}
_variant = env.str("PARINDEX_PDF", default="ua").lower()
if _variant not in _PDF_VARIANTS:
    raise ImproperlyConfigured(f"PARINDEX_PDF: one of {', '.join(_PDF_VARIANTS)}.")
DOCUMENT_PDF_VARIANT = _PDF_VARIANTS[_variant]
DOCUMENT_LISTS_BASIS = env.bool("PARINDEX_BASIS_LINES", default=False)
DOCUMENT_END_MARK = env.str("PARINDEX_END_MARK", default="./.").strip()
