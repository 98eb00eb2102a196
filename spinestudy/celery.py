"""The Celery application: `celery -A spinestudy.celery worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spinestudy.settings.development")

app = Celery("spinestudy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["spinestudy.imaging", "inference", "annotations"])
