"""What every API view shares: pages of results, one table from domain error to HTTP status."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from spinestudy.common.errors import (
    ConflictError,
    DomainError,
    InvalidInputError,
    MissingError,
    NotPermittedError,
)

STATUS_OF: Final[dict[type[DomainError], int]] = {
    InvalidInputError: status.HTTP_400_BAD_REQUEST,
    NotPermittedError: status.HTTP_403_FORBIDDEN,
    MissingError: status.HTTP_404_NOT_FOUND,
    ConflictError: status.HTTP_409_CONFLICT,
}


class Pagination(PageNumberPagination):
    """Pages of 50, up to 500 on request."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


def http_status(error: DomainError) -> int:
    """The status code of a domain error, by its nearest listed ancestor."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF:
            return STATUS_OF[kind]
    return status.HTTP_400_BAD_REQUEST


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every error as {"code", "message", "details"}."""
    if isinstance(error, DomainError):
        body = {"code": error.code, "message": error.message, "details": error.details}
        return Response(body, status=http_status(error))
    if isinstance(error, DjangoValidationError):
        error = ValidationError(
            error.message_dict if hasattr(error, "error_dict") else error.messages
        )
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    detail = getattr(error, "detail", None)
    if isinstance(error, ValidationError):
        body = {"code": "invalid_input", "message": "Some fields need attention."}
        response.data = {**body, "details": response.data}
    else:
        code = getattr(detail, "code", "error")
        response.data = {"code": code, "message": str(detail or error), "details": {}}
    return response
