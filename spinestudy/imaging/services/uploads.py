"""The life of an import run: received, queued, running, done or failed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from django.db import transaction
from django.utils import timezone

from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError
from spinestudy.common.notify import notify
from spinestudy.imaging.models import Cohort, QuarantinedFile, Upload
from spinestudy.imaging.services import storage
from spinestudy.imaging.services.quarantine import printable

_NAMES: Final = "names.jsonl"


class ReceivedFile(Protocol):
    """What a web framework gives for one file of a form."""

    name: str | None

    def chunks(self) -> Iterable[bytes]:
        """The content, piece by piece."""
        ...


@transaction.atomic
def create_upload(*, source: str, cohort_name: str, actor: Any, state: str) -> Upload:
    """Begin an import run; a cohort of that name is made where there is none."""
    cohort_name = printable(cohort_name).strip()
    if len(cohort_name) > 120:
        raise InvalidInputError("The name of a cohort has at most 120 characters.")
    cohort = Cohort.objects.get_or_create(name=cohort_name)[0] if cohort_name else None
    upload = Upload(
        created_by=actor,
        cohort=cohort,
        source=printable(source)[:500],
        state=state,
    )
    upload.save()
    return upload


def receive_files(
    *, upload: Upload, files: Sequence[ReceivedFile], names: Sequence[str] = ()
) -> Upload:
    """Store files of a form where the worker finds them; `names` may carry folder paths.

    The stored names are numbers; what the browser calls a file is kept as text only.
    """
    if names and len(names) != len(files):
        raise InvalidInputError("There must be one name for each file, or none.")
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state != Upload.State.RECEIVING:
            raise ConflictError("This upload is complete. Start a new one for more files.")
        folder = storage.incoming_folder(upload.pk)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _NAMES).open("a", encoding="utf-8") as index:
            for position, file in enumerate(files):
                number = upload.files_total + position
                with (folder / str(number)).open("wb") as out:
                    for chunk in file.chunks():
                        out.write(chunk)
                name = (names[position] if names else file.name) or f"file {number + 1}"
                index.write(json.dumps({"number": number, "name": name}) + "\n")
        upload.files_total += len(files)
        upload.save(update_fields=["files_total"])
    return upload


@transaction.atomic
def queue_upload(*, upload: Upload) -> Upload:
    """No more files will come; the worker may begin."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.state != Upload.State.RECEIVING:
        raise ConflictError("This upload has already been started.")
    if upload.files_total == 0:
        raise InvalidInputError("Choose at least one file, folder or zip archive.")
    upload.state = Upload.State.QUEUED
    upload.save(update_fields=["state"])
    _tell(upload)
    return upload


def received_paths(upload: Upload) -> list[tuple[str, Path]]:
    """The files that wait, as (name, path)."""
    folder = storage.incoming_folder(upload.pk)
    found: dict[int, str] = {}
    with (folder / _NAMES).open(encoding="utf-8") as index:
        for line in index:
            entry = json.loads(line)
            found[entry["number"]] = entry["name"]
    return [(name, folder / str(number)) for number, name in sorted(found.items())]


@transaction.atomic
def begin_upload(*, upload_id: int, files_total: int) -> Upload | None:
    """Set a run to running, from zero; None where it is over already.

    A run that a lost worker left behind begins again: its files are known by now, and its
    quarantine is written anew.
    """
    upload = Upload.objects.select_for_update().get(pk=upload_id)
    if upload.state in (Upload.State.DONE, Upload.State.FAILED):
        return None
    QuarantinedFile.objects.filter(upload=upload).delete()
    upload.state = Upload.State.RUNNING
    upload.files_total = files_total
    upload.files_accepted = upload.files_known = upload.files_quarantined = 0
    upload.save()
    _tell(upload)
    return upload


@transaction.atomic
def count_files(upload: Upload, *, accepted: int, known: int, quarantined: int) -> None:
    """Add to the counts and tell those who watch."""
    upload.files_accepted += accepted
    upload.files_known += known
    upload.files_quarantined += quarantined
    upload.save(update_fields=["files_accepted", "files_known", "files_quarantined"])
    _tell(upload)


@transaction.atomic
def finish_upload(upload: Upload, *, actor: Any) -> None:
    """Every file has landed, was known, or is in quarantine."""
    upload.state = Upload.State.DONE
    upload.finished_at = timezone.now()
    upload.save()
    record(
        actor=actor,
        action="exams.imported",
        subject=upload,
        source=upload.source,
        accepted=upload.files_accepted,
        known=upload.files_known,
        quarantined=upload.files_quarantined,
    )
    _tell(upload)


@transaction.atomic
def fail_upload(upload: Upload, *, actor: Any, message: str) -> None:
    """The run stopped; what has landed stays."""
    upload.state = Upload.State.FAILED
    upload.message = printable(message)[:500]
    upload.finished_at = timezone.now()
    upload.save()
    record(actor=actor, action="exams.import_failed", subject=upload, message=upload.message)
    _tell(upload)


def _tell(upload: Upload) -> None:
    notify(f"upload-{upload.pk}", upload=upload.pk, state=upload.state)
