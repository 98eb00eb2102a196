"""Who am I, and is the site well."""

from __future__ import annotations

from typing import Any

from django.db import connection
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from spinestudy.common.roles import is_coordinator, is_reader
from spinestudy.common.token_scopes import ANY_SCOPE


class MeSerializer(s.Serializer[Any]):
    username = s.CharField()
    is_coordinator = s.BooleanField()
    is_reader = s.BooleanField()


class MeView(APIView):
    """The person who is signed in."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": ANY_SCOPE}

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Name and roles."""
        user = request.user
        body = {
            "username": user.get_username(),
            "is_coordinator": is_coordinator(user),
            "is_reader": is_reader(user),
        }
        return Response(MeSerializer(body).data)


class HealthSerializer(s.Serializer[Any]):
    status = s.CharField()


class HealthView(APIView):
    """For load balancers: says nothing about anybody."""

    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(operation_id="health", auth=[], responses=HealthSerializer)
    def get(self, request: Request) -> Response:
        """Answer once the database answers."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Response({"status": "ok"})
