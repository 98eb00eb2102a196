"""Addresses of the app: under /api/v1/ and of its pages."""

from django.urls import path

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
