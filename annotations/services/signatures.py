"""Electronic signatures: the password again, a meaning, a reason, and a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.cache import cache
from django.db import models, transaction

from annotations.models import Signature
from spinestudy.audit.services import record
from spinestudy.common.errors import NotPermittedError

MOST_WRONG: Final = 5
WRONG_FOR_S: Final = 15 * 60


class SignatureError(NotPermittedError):
    """The password isn't that of the person who signs."""

    code = "signature"


class SignatureLimitError(NotPermittedError):
    """Too many wrong passwords; even the right one isn't tried for a while."""

    code = "signature_limit"


def _place(signer: Any) -> str:
    return f"wrong-signatures-{signer.pk}"


def note_refusal(signer: Any, error: Exception) -> None:
    """Count a wrong password. Call it once the transaction of the act has been undone."""
    if isinstance(error, SignatureError):
        cache.add(_place(signer), 0, WRONG_FOR_S)
        cache.incr(_place(signer))


def require_password(signer: Any, password: str) -> None:
    """Raise SignatureError where the password is wrong, SignatureLimitError after five such."""
    if cache.get(_place(signer), 0) >= MOST_WRONG:
        raise SignatureLimitError(
            f"{MOST_WRONG} wrong passwords were typed, so nothing is signed for "
            f"{WRONG_FOR_S // 60} minutes. Nothing else is lost; sign then."
        )
    if not signer.is_active or not signer.check_password(password):
        raise SignatureError(
            "That isn't your password, so nothing was signed. Type it again to sign."
        )


@transaction.atomic
def sign(
    *,
    signer: Any,
    password: str,
    meaning: str,
    subject: models.Model,
    reason: str = "",
    content_sha256: str = "",
) -> Signature:
    """Sign; SignatureError leaves nothing. Call it inside the transaction of what is signed."""
    require_password(signer, password)
    row = Signature(
        signer=signer,
        meaning=meaning,
        reason=reason.strip(),
        subject_type=subject._meta.label,
        subject_id=str(subject.pk),
        content_sha256=content_sha256,
    )
    row.full_clean()
    row.save()
    record(
        actor=signer,
        action=f"signed.{meaning}",
        subject=subject,
        reason=row.reason,
        words=row.get_meaning_display(),
        content_sha256=content_sha256,
    )
    return row


@transaction.atomic
def signed(
    act: Callable[[], models.Model],
    *,
    signer: Any,
    password: str,
    meaning: str,
    reason: str,
) -> models.Model:
    """Do the act and sign what it gives; a wrong password undoes it."""
    subject = act()
    sign(
        signer=signer,
        password=password,
        meaning=meaning,
        subject=subject,
        reason=reason,
        content_sha256=getattr(subject, "sha256", ""),
    )
    return subject
