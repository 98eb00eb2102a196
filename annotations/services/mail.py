"""Mail of a reader study: plain text, nothing about cases."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.core.mail import send_mail

from annotations.models import Invitation

logger = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send the link to the invited person; whether that went well."""
    text = "\n".join(
        [
            f"{invitation.created_by.get_username()} invites you to the reader study "
            f'"{invitation.reader_study.title}" as {invitation.get_role_display()}.',
            "",
            "Open this link to join. It works once, "
            f"until {invitation.expires_at:%Y-%m-%d %H:%M} UTC:",
            link,
            "",
            "If you don't expect this, leave the link alone.",
            "",
        ]
    )
    try:
        send_mail(
            subject=f"Invitation: {invitation.reader_study.title}",
            message=text,
            from_email=None,
            recipient_list=[invitation.email],
        )
    except (SMTPException, OSError) as error:
        logger.warning("an invitation could not be sent: %s", error)
        return False
    return True
