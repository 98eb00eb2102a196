"""Behind TLS; everything that matters must be set in the environment."""

from spinestudy.settings.base import *  # noqa: F403
from spinestudy.settings.base import env

SECRET_KEY = env("SECRET_KEY")
DATABASES = {"default": env.db_url("DATABASE_URL")}
CELERY_BROKER_URL = env("BROKER_URL")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
