"""Settings shared by every environment. All that differs comes from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab

from spinestudy.settings.accounts import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

STATE_DIR = Path(env("SPINESTUDY_STATE_DIR", default=str(BASE_DIR / "var")))
STORAGE_ROOT = Path(env("SPINESTUDY_STORAGE_ROOT", default=str(STATE_DIR / "storage")))

SECRET_KEY = env("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "spinestudy.accounts",  # before allauth: its templates replace allauth's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "django_vite",
    "pgtrigger",
    "spinestudy.common",
    "spinestudy.audit",
    "spinestudy.imaging",
    "spinestudy.demo",
    "inference",
    "annotations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "spinestudy.common.middleware.ContentSecurityPolicyMiddleware",
    "spinestudy.common.origin.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "spinestudy.accounts.middleware.SessionEndMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "spinestudy.accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "spinestudy.urls"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "spinestudy.common.context.roles",
            ],
        },
    },
]

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql:///spinestudy")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
# Counts of failed sign-ins must be the same in every process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_cache",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = env("BROKER_URL", default="")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# A run of AI: how long a silent worker keeps it, and how long it may take at all.
JOB_LEASE_S = env.int("JOB_LEASE_S", default=120)
JOB_TIME_LIMIT_S = env.int("JOB_TIME_LIMIT_S", default=1800)
# Pipelines (name, name@version or *) whose jobs go to workers of the queue inference-gpu.
GPU_PIPELINES = env.list("SPINESTUDY_GPU_PIPELINES", default=[])
CELERY_TASK_ROUTES = {"inference.run_job": {"queue": "inference"}}
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "reap-jobs": {"task": "inference.reap_jobs", "schedule": 15.0, "options": {"expires": 14}}
}
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "celerybeat-schedule")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

FRONTEND_BUILD_DIR = Path(
    env("SPINESTUDY_FRONTEND_DIR", default=str(BASE_DIR / "build" / "frontend"))
)
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("SPINESTUDY_STATIC_ROOT", default=str(STATE_DIR / "static")))
STATICFILES_DIRS = [FRONTEND_BUILD_DIR] if FRONTEND_BUILD_DIR.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[-.][0-9a-zA-Z_-]{8}\..+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": str(FRONTEND_BUILD_DIR / ".vite" / "manifest.json"),
    }
}

# A DICOM exam is thousands of files of some hundred kB; what is larger goes to disk at once.
DATA_UPLOAD_MAX_NUMBER_FILES = 20_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 25_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "spinestudy.accounts.api_authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["spinestudy.common.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "spinestudy.common.drf.Pagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "spinestudy.common.drf.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SpineStudy",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ReadingStatus": ["assigned", "in_progress", "submitted", "amended", "withdrawn"],
        "ProblemKind": "annotations.vocabulary.problems.PROBLEM_KIND_CODES",
        "AssistanceStatus": ["none", "pending", "failed", "ready"],
        "MarkKind": ["disc", "vertebra"],
        "EventKind": "annotations.vocabulary.events.EVENT_KINDS",
        "MeasurementKind": "annotations.vocabulary.reading.TOOLS",
    },
}

# smtp+tls://name:password@host:587; without it, mail is written to the log of whoever sends it.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="spinestudy@localhost")
SITE_ADDRESS = env("SITE_ADDRESS", default="")
REMINDERS_AT_HOUR = env.int("REMINDERS_AT_HOUR", default=-1)
if 0 <= REMINDERS_AT_HOUR <= 23:
    CELERY_BEAT_SCHEDULE["send-reminders"] = {
        "task": "annotations.send_reminders",
        "schedule": crontab(hour=REMINDERS_AT_HOUR, minute=0),
    }

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

FRAME_URL_MAX_AGE_S = 12 * 3600
LIVE_TOKEN_MAX_AGE_S = 12 * 3600
DEFAULT_PIPELINE = env("SPINESTUDY_PIPELINE", default="lumbar_grading@2")
DEMO = env.bool("SPINESTUDY_DEMO", default=False)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "pydicom": {"level": "ERROR"},
    },
}
