"""The same people in every test."""

from __future__ import annotations

from django.contrib.auth.models import Group, User

from spinestudy.common.roles import COORDINATORS, READERS

PASSWORD = "correct horse battery"


def person(username: str, *groups: str) -> User:
    """Make an account of that name in those groups."""
    user = User.objects.create_user(username, password=PASSWORD)
    for name in groups:
        user.groups.add(Group.objects.get_or_create(name=name)[0])
    return user


def coordinator() -> User:
    """Who designs the reader study."""
    return person("coordinator", COORDINATORS)


def reader(username: str = "reader") -> User:
    """Who reads."""
    return person(username, READERS)


def outsider() -> User:
    """Signed in, but in no group."""
    return person("outsider")
