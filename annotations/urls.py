"""Addresses of the app: under /api/v1/ and of its pages."""

from django.urls import path

from annotations.api.adjudication import (
    AdjudicationCaseView,
    AdjudicationMaskView,
    AdjudicationQueueView,
)
from annotations.api.agreement import (
    AgreementAiView,
    AgreementPairView,
    AgreementStrataView,
    AgreementView,
)
from annotations.api.designs import ProtocolView, ReferencesView, ScheduleView
from annotations.api.evidence import EvidenceView
from annotations.api.exports import (
    ExportDictionaryView,
    ExportReadingsView,
    ExportTableDictionaryView,
    ExportTableView,
)
from annotations.api.final_reports import (
    FinalReportAgainView,
    FinalReportFileView,
    FinalReportsView,
    FinalReportView,
)
from annotations.api.marks import EventsView, MaskView, MeasurementView, PreferencesView
from annotations.api.problems import ProblemsView, ProblemView
from annotations.api.readings import (
    AnatomyView,
    GradesView,
    LevelMarksView,
    ReadingView,
    SubmitView,
    WorklistView,
)
from annotations.api.report_confusion import ReportConfusionView
from annotations.pages import (
    acts,
    adjudication,
    coordinator,
    drafts,
    final_reports,
    join,
    problems,
    progress,
    reader,
    reader_acts,
    readers,
    reference_masks,
    shadow_runs,
    size_plan,
)
from annotations.pages.report_confusion import ReportConfusionPage

ONE = "reader-studies/<int:reader_study_id>"

api_urlpatterns = [
    path("worklist/", WorklistView.as_view(), name="api-worklist"),
    path("readings/<int:reading_id>/", ReadingView.as_view(), name="api-reading"),
    path(
        "readings/<int:reading_id>/evidence/<str:item>/<str:level>/<str:side>/",
        EvidenceView.as_view(),
        name="api-evidence",
    ),
    path("readings/<int:reading_id>/grades/", GradesView.as_view(), name="api-grades"),
    path("readings/<int:reading_id>/submit/", SubmitView.as_view(), name="api-submit"),
    path("readings/<int:reading_id>/level-marks/", LevelMarksView.as_view(), name="api-marks"),
    path("readings/<int:reading_id>/events/", EventsView.as_view(), name="api-events"),
    path(
        "readings/<int:reading_id>/measurements/<uuid:measurement_key>/",
        MeasurementView.as_view(),
        name="api-measurement",
    ),
    path("readings/<int:reading_id>/masks/<int:stack_id>/", MaskView.as_view(), name="api-mask"),
    path("readings/<int:reading_id>/problems/", ProblemsView.as_view(), name="api-problems"),
    path(
        "readings/<int:reading_id>/problems/<uuid:report_key>/",
        ProblemView.as_view(),
        name="api-problem",
    ),
    path("preferences/", PreferencesView.as_view(), name="api-preferences"),
    path("readings/<int:reading_id>/anatomy/", AnatomyView.as_view(), name="api-anatomy"),
    path(f"{ONE}/agreement/", AgreementView.as_view(), name="agreement"),
    path(f"{ONE}/agreement/pair/", AgreementPairView.as_view(), name="agreement-pair"),
    path(f"{ONE}/agreement/strata/", AgreementStrataView.as_view(), name="agreement-strata"),
    path(f"{ONE}/agreement/ai/", AgreementAiView.as_view(), name="agreement-ai"),
    path(f"{ONE}/report-labels/", ReportConfusionView.as_view(), name="api-report-confusion"),
    path(f"{ONE}/readings.<str:file_format>", ExportReadingsView.as_view(), name="export-readings"),
    path(f"{ONE}/data-dictionary.csv", ExportDictionaryView.as_view(), name="export-dictionary"),
    path(f"{ONE}/tables/<slug:table>.csv", ExportTableView.as_view(), name="export-table"),
    path(
        f"{ONE}/tables/<slug:table>/dictionary.csv",
        ExportTableDictionaryView.as_view(),
        name="export-table-dictionary",
    ),
    path(f"{ONE}/protocol/", ProtocolView.as_view(), name="api-protocol"),
    path(f"{ONE}/schedule/", ScheduleView.as_view(), name="api-schedule"),
    path(f"{ONE}/references/", ReferencesView.as_view(), name="api-references"),
    path(f"{ONE}/adjudication/", AdjudicationQueueView.as_view(), name="api-adjudication"),
    path(
        f"{ONE}/adjudication/<int:arm_id>/<int:case_id>/",
        AdjudicationCaseView.as_view(),
        name="api-adjudication-case",
    ),
    path(
        f"{ONE}/adjudication/<int:arm_id>/<int:case_id>/masks/<str:letter>/<int:stack_id>/",
        AdjudicationMaskView.as_view(),
        name="api-adjudication-mask",
    ),
    path(f"{ONE}/reports/", FinalReportsView.as_view(), name="api-final-reports"),
    path(f"{ONE}/reports/<int:report_id>/", FinalReportView.as_view(), name="api-final-report"),
    path(
        f"{ONE}/reports/<int:report_id>/again/",
        FinalReportAgainView.as_view(),
        name="api-final-report-again",
    ),
    path(
        f"{ONE}/reports/<int:report_id>/files/<str:name>",
        FinalReportFileView.as_view(),
        name="api-final-report-file",
    ),
]

page_urlpatterns = [
    path("", reader.HomePage.as_view(), name="home"),
    path("worklist/", reader.WorklistPage.as_view(), name="worklist"),
    path(
        "sessions/<int:reading_session_id>/sign/",
        reader.SignSession.as_view(),
        name="sign-session",
    ),
    path("my-reading/", reader.MyReadingPage.as_view(), name="my-reading"),
    path("readings/<int:reading_id>/", reader.ReadingRoomPage.as_view(), name="reading-room"),
    path("reader-studies/", coordinator.ReaderStudiesPage.as_view(), name="reader-studies"),
    path("reader-studies/size/", size_plan.SizePlanPage.as_view(), name="plan-size"),
    path(
        "reader-studies/create/",
        coordinator.CreateReaderStudyPage.as_view(),
        name="create-reader-study",
    ),
    path(f"{ONE}/", coordinator.ReaderStudyPage.as_view(), name="reader-study"),
    path(f"{ONE}/open/", acts.OpenReaderStudy.as_view(), name="open-reader-study"),
    path(f"{ONE}/lock/", acts.ProposeLock.as_view(), name="lock-reader-study"),
    path(f"{ONE}/lock/confirm/", acts.ConfirmLock.as_view(), name="confirm-lock"),
    path(f"{ONE}/lock/withdraw/", acts.WithdrawLock.as_view(), name="withdraw-lock"),
    path(f"{ONE}/unlock/", acts.Unlock.as_view(), name="unlock-reader-study"),
    path(f"{ONE}/amend/", acts.Amend.as_view(), name="amend-protocol"),
    path(f"{ONE}/people/", acts.GrantRole.as_view(), name="grant-role"),
    path(
        f"{ONE}/people/<int:membership_id>/withdraw/",
        acts.WithdrawRole.as_view(),
        name="withdraw-role",
    ),
    path(f"{ONE}/washouts/", acts.OverrideWashout.as_view(), name="override-washout"),
    path(f"{ONE}/looks/", acts.ProposeLook.as_view(), name="propose-look"),
    path(f"{ONE}/looks/<int:look_id>/open/", acts.OpenLook.as_view(), name="open-look"),
    path(f"{ONE}/looks/<int:look_id>/close/", acts.CloseLook.as_view(), name="close-look"),
    path(f"{ONE}/progress/", progress.ProgressPage.as_view(), name="progress"),
    path(f"{ONE}/adjudication/", adjudication.QueuePage.as_view(), name="adjudication"),
    path(
        f"{ONE}/adjudication/queue/",
        adjudication.QueueDisagreements.as_view(),
        name="queue-disagreements",
    ),
    path(
        f"{ONE}/adjudication/majority/",
        adjudication.AcceptMajority.as_view(),
        name="accept-majority",
    ),
    path(
        f"{ONE}/adjudication/references/",
        adjudication.ImportReferences.as_view(),
        name="import-references",
    ),
    path(
        f"{ONE}/adjudication/masks/",
        reference_masks.ReferenceMasksPage.as_view(),
        name="reference-masks",
    ),
    path(
        f"{ONE}/adjudication/masks/fuse/",
        reference_masks.FuseMasks.as_view(),
        name="fuse-masks",
    ),
    path(
        f"{ONE}/adjudication/<int:arm_id>/<int:case_id>/",
        adjudication.CasePage.as_view(),
        name="adjudicate-case",
    ),
    path(
        f"{ONE}/adjudication/<int:arm_id>/<int:case_id>/images/",
        adjudication.RoomPage.as_view(),
        name="adjudication-room",
    ),
    path(f"{ONE}/agreement/", coordinator.DashboardPage.as_view(), name="dashboard"),
    path(f"{ONE}/report-labels/", ReportConfusionPage.as_view(), name="report-confusion"),
    path(f"{ONE}/reports/", final_reports.MakeReport.as_view(), name="make-report"),
    path(
        f"{ONE}/reports/<int:report_id>/again/",
        final_reports.MakeReportAgain.as_view(),
        name="make-report-again",
    ),
]

READERS = f"{ONE}/readers"
ONE_READER = f"{READERS}/<int:enrolment_id>"
page_urlpatterns += [
    path("shadow-runs/", shadow_runs.ShadowRunsPage.as_view(), name="shadow-runs"),
    path("join/", join.Join.as_view(), name="join"),
    path("join/account/", join.JoinWithNewAccount.as_view(), name="join-with-new-account"),
    path("join/<str:secret>/", join.JoinLink.as_view(), name="join-link"),
    path("problems/<int:number>/reply/", problems.ReplyToAnswer.as_view(), name="reply-problem"),
    path("problems/<int:number>/seen/", problems.SeenAnswer.as_view(), name="seen-problem"),
    path(
        "messages/<int:number>/dismiss/", problems.DismissMessage.as_view(), name="dismiss-message"
    ),
    path(f"{ONE}/edit/", drafts.EditDraftPage.as_view(), name="edit-draft"),
    path(f"{ONE}/discard/", drafts.DiscardDraft.as_view(), name="discard-draft"),
    path(f"{ONE}/draft/", drafts.BackToDraft.as_view(), name="back-to-draft"),
    path(f"{ONE}/problems/", problems.ProblemsPage.as_view(), name="problems"),
    path(
        f"{ONE}/problems/<int:report_id>/",
        problems.AnswerProblem.as_view(),
        name="answer-problem",
    ),
    path(f"{ONE}/invitations/", readers.Invite.as_view(), name="invite"),
    path(
        f"{ONE}/invitations/<int:invitation_id>/revoke/",
        reader_acts.RevokeInvitation.as_view(),
        name="revoke-invitation",
    ),
    path(f"{READERS}/", readers.ReadersPage.as_view(), name="readers"),
    path(f"{READERS}/add/", readers.AddReader.as_view(), name="add-reader"),
    path(f"{ONE_READER}/", readers.ReaderPage.as_view(), name="reader"),
    path(f"{ONE_READER}/withdraw/", reader_acts.WithdrawReader.as_view(), name="withdraw-reader"),
    path(f"{ONE_READER}/pause/", reader_acts.PauseReader.as_view(), name="pause-reader"),
    path(f"{ONE_READER}/resume/", reader_acts.ResumeReader.as_view(), name="resume-reader"),
    path(f"{ONE_READER}/reassign/", reader_acts.ReassignCases.as_view(), name="reassign-cases"),
    path(f"{ONE_READER}/due/", reader_acts.ExtendDueDate.as_view(), name="extend-due-date"),
    path(f"{ONE_READER}/remind/", reader_acts.Remind.as_view(), name="remind"),
    path(f"{ONE_READER}/message/", reader_acts.SendMessage.as_view(), name="send-message"),
    path(f"{ONE_READER}/address/", reader_acts.SetAddress.as_view(), name="set-address"),
]
