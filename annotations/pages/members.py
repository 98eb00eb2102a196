"""Pages of people with a role in a reader study."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from annotations.models import ReaderStudy
from annotations.selectors.memberships import is_member, require_reader_study
from spinestudy.common.errors import MissingError, NotPermittedError
from spinestudy.common.pages import RoleRequiredMixin

NAV = {"nav": "reader-studies"}


class MemberRequiredMixin(RoleRequiredMixin):
    """For people with a role in some reader study; each page asks for the one it is about."""

    def test_func(self) -> bool:
        """Whether the person has any."""
        return is_member(self.request.user)

    def reader_study(self, reader_study_id: int, *roles: str) -> ReaderStudy:
        """The reader study if the person has one of these roles in it; else 404 or 403."""
        return page_reader_study(self.request, reader_study_id, *roles)


def page_reader_study(request: HttpRequest, reader_study_id: int, *roles: str) -> ReaderStudy:
    """As require_reader_study, in the words of pages."""
    try:
        return require_reader_study(reader_study_id, request.user, *roles)
    except MissingError as error:
        raise Http404(error.message) from error
    except NotPermittedError as error:
        raise PermissionDenied(error.message) from error


def context_of(reader_study: ReaderStudy, **more: Any) -> dict[str, Any]:
    """What every page of a reader study is given."""
    return {**NAV, "reader_study": reader_study, **more}
