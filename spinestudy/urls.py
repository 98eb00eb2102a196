"""Every address of the site, except the raw routes in asgi.py."""

from django.urls import include, path

urlpatterns: list = []
