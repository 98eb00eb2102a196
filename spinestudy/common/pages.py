"""What pages share: who may see them, and how a broken rule is told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import HttpRequest

from spinestudy.common.errors import DomainError
from spinestudy.common.roles import is_coordinator, is_reader


class RoleRequiredMixin(LoginRequiredMixin, UserPassesTestMixin):
    """Sign in first; then 403 with the next step for those without the role."""

    request: HttpRequest

    def handle_no_permission(self):  # type: ignore[no-untyped-def]
        """Send anonymous people to the sign-in page, others to the page of error 403."""
        self.raise_exception = bool(self.request.user.is_authenticated)
        return super().handle_no_permission()


class CoordinatorRequiredMixin(RoleRequiredMixin):
    """Pages of coordinators."""

    def test_func(self) -> bool:
        """Whether the person is a coordinator."""
        return is_coordinator(self.request.user)


class ReaderRequiredMixin(RoleRequiredMixin):
    """Pages of readers."""

    def test_func(self) -> bool:
        """Whether the person is a reader."""
        return is_reader(self.request.user)


def tell(request: HttpRequest, error: DomainError) -> None:
    """Show a domain error at the top of the next page."""
    messages.error(request, error.message)
