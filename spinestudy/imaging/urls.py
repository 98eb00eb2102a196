"""Addresses of the app: under /api/v1/, of its pages, and under /dicomweb/."""

from django.urls import path

from spinestudy.imaging.api.dicomweb import FramesView, MetadataView, RetrieveView, SearchView
from spinestudy.imaging.api.imaging_studies import (
    CohortsView,
    ImagingStudiesView,
    ImagingStudyView,
    QuarantinedFilesView,
)
from spinestudy.imaging.api.uploads import UploadFilesView, UploadsView, UploadView
from spinestudy.imaging.pages.catalogue import ExamPage, ExamsPage
from spinestudy.imaging.pages.uploads import QuarantinePage, UploadDetailPage, UploadPage

api_urlpatterns = [
    path("uploads/", UploadsView.as_view(), name="api-uploads"),
    path("uploads/<int:upload_id>/", UploadView.as_view(), name="api-upload"),
    path("uploads/<int:upload_id>/files/", UploadFilesView.as_view(), name="api-upload-files"),
    path("quarantined-files/", QuarantinedFilesView.as_view(), name="api-quarantined-files"),
    path("imaging-studies/", ImagingStudiesView.as_view(), name="api-imaging-studies"),
    path(
        "imaging-studies/<int:imaging_study_id>/",
        ImagingStudyView.as_view(),
        name="api-imaging-study",
    ),
    path("cohorts/", CohortsView.as_view(), name="api-cohorts"),
]

page_urlpatterns = [
    path("exams/", ExamsPage.as_view(), name="exams"),
    path("exams/upload/", UploadPage.as_view(), name="upload"),
    path("exams/uploads/<int:upload_id>/", UploadDetailPage.as_view(), name="upload-detail"),
    path("exams/quarantine/", QuarantinePage.as_view(), name="quarantine"),
    path("exams/<int:imaging_study_id>/", ExamPage.as_view(), name="exam"),
]

_EXAM = "studies/<str:study_instance_uid>"
_SERIES = f"{_EXAM}/series/<str:series_instance_uid>"
_INSTANCE = f"{_SERIES}/instances/<str:sop_instance_uid>"

# Fixed by PS3.18 table 10.1.1-1: no slash at the end.
dicomweb_urlpatterns = [
    path("studies", SearchView.as_view(level="exam"), name="dicomweb-exams"),
    path("series", SearchView.as_view(level="series"), name="dicomweb-series"),
    path("instances", SearchView.as_view(level="instance"), name="dicomweb-instances"),
    path(f"{_EXAM}/series", SearchView.as_view(level="series"), name="dicomweb-exam-series"),
    path(
        f"{_EXAM}/instances", SearchView.as_view(level="instance"), name="dicomweb-exam-instances"
    ),
    path(
        f"{_SERIES}/instances",
        SearchView.as_view(level="instance"),
        name="dicomweb-series-instances",
    ),
    path(_EXAM, RetrieveView.as_view(), name="dicomweb-exam-files"),
    path(_SERIES, RetrieveView.as_view(), name="dicomweb-series-files"),
    path(_INSTANCE, RetrieveView.as_view(), name="dicomweb-instance-file"),
    path(f"{_EXAM}/metadata", MetadataView.as_view(), name="dicomweb-exam-metadata"),
    path(f"{_SERIES}/metadata", MetadataView.as_view(), name="dicomweb-series-metadata"),
    path(f"{_INSTANCE}/metadata", MetadataView.as_view(), name="dicomweb-instance-metadata"),
    path(f"{_INSTANCE}/frames/<str:frame_numbers>", FramesView.as_view(), name="dicomweb-frames"),
]
