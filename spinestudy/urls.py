"""Every address of the site, except the raw routes in asgi.py."""

from django.urls import include, path

import annotations.urls
import inference.urls
import spinestudy.accounts.urls
import spinestudy.imaging.urls
from spinestudy.common.api import HealthView, MeView

APPS = (spinestudy.imaging.urls, inference.urls, annotations.urls)

api_urlpatterns = [
    path("me/", MeView.as_view(), name="api-me"),
    path("health/", HealthView.as_view(), name="api-health"),
    *(pattern for app in APPS for pattern in app.api_urlpatterns),
]

urlpatterns = [
    path("api/v1/", include(api_urlpatterns)),
    path("dicomweb/", include(spinestudy.imaging.urls.dicomweb_urlpatterns)),
    *spinestudy.accounts.urls.page_urlpatterns,
    *(pattern for app in APPS for pattern in app.page_urlpatterns),
]
