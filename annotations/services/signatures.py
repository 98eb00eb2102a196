"""Electronic signatures: a password or code again, a meaning, a reason, and a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.core.cache import cache
from django.db import models, transaction

from annotations.models import Signature
from spinestudy.accounts.services.identity import Proof, can_prove_identity, proof_of_identity
from spinestudy.audit.services import record
from spinestudy.common.errors import NotPermittedError

Signed = TypeVar("Signed", bound=models.Model)
MOST_WRONG: Final = 5
WRONG_FOR_S: Final = 15 * 60


class SignatureError(NotPermittedError):
    """What was typed doesn't prove the person who signs."""

    code = "signature"


class SignatureLimitError(NotPermittedError):
    """Too many wrong ones; even the right one isn't tried for a while."""

    code = "signature_limit"


def _place(signer: Any) -> str:
    return f"wrong-signatures-{signer.pk}"


def note_refusal(signer: Any, error: Exception) -> None:
    """Count a wrong password or code. Call it once the transaction of the act has been undone."""
    if isinstance(error, SignatureError):
        cache.add(_place(signer), 0, WRONG_FOR_S)
        cache.incr(_place(signer))


def require_proof(signer: Any, typed: str) -> Proof:
    """By what the person is proven; SignatureError where by nothing.

    typed: the password, or a code of the authenticator app. SignatureLimitError after five wrong.
    """
    if cache.get(_place(signer), 0) >= MOST_WRONG:
        raise SignatureLimitError(
            f"{MOST_WRONG} wrong passwords or codes were typed, so nothing is signed for "
            f"{WRONG_FOR_S // 60} minutes. Nothing else is lost; sign then."
        )
    proof = proof_of_identity(signer, typed)
    if proof is not None:
        return proof
    if not can_prove_identity(signer):
        raise SignatureError(
            "You have no password here, so nothing was signed. Add an authenticator app under "
            "'Your account', then sign with its code."
        )
    raise SignatureError(
        "That isn't your password, and no unused code of your authenticator app, so nothing was "
        "signed. Type it again to sign."
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
    """Sign; SignatureError leaves nothing. Call it inside the transaction of what is signed.

    password: or a code of the authenticator app.
    """
    proof = require_proof(signer, password)
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
        proof=proof,
    )
    return row


@transaction.atomic
def signed(
    act: Callable[[], Signed],
    *,
    signer: Any,
    password: str,
    meaning: str,
    reason: str,
) -> Signed:
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
