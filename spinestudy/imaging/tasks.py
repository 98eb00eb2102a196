"""Work that Celery carries to a worker. The Upload row decides; a message only wakes."""

from __future__ import annotations

import logging
from typing import Any, Final

from celery import shared_task
from django.db import connection

from spinestudy.imaging.models import Upload
from spinestudy.imaging.services import storage
from spinestudy.imaging.services.ingest import import_sources
from spinestudy.imaging.services.sources import find_sources
from spinestudy.imaging.services.uploads import fail_upload, queue_upload, received_paths

logger = logging.getLogger(__name__)
_LOCK_CLASS: Final = 0x55504C44  # one worker an upload, however often its message arrives


def request_import(*, upload: Upload) -> Upload:
    """Queue an upload and wake a worker once the transaction commits."""
    upload = queue_upload(upload=upload)
    import_upload_task.delay_on_commit(upload.pk)
    return upload


@shared_task(name="imaging.import_upload")  # type: ignore[untyped-decorator]
def import_upload_task(upload_id: int) -> None:
    """Import the files of an upload; a message that comes twice does it once."""
    if not _locked(upload_id):
        return
    try:
        _import(upload_id)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_CLASS, upload_id])


def _locked(upload_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_CLASS, upload_id])
        return bool(cursor.fetchone()[0])


def _import(upload_id: int) -> None:
    upload = Upload.objects.get(pk=upload_id)
    actor: Any = upload.created_by
    if upload.state in (Upload.State.DONE, Upload.State.FAILED):
        return
    try:
        sources = list(find_sources(received_paths(upload)))
    except OSError:
        message = "The files of this upload are no longer here. Upload them again."
        fail_upload(upload, actor=actor, message=message)
        return
    try:
        import_sources(upload_id=upload_id, sources=sources, actor=actor)
    except Exception:
        logger.exception("upload %s failed", upload_id)
        return
    storage.remove_incoming(upload_id)
