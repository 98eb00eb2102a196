"""Import a list of files: read, decode, store, index; a bad file never stops the rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from spinestudy.imaging.models import ImagingStudy, Instance, Upload
from spinestudy.imaging.services.landing import land_series
from spinestudy.imaging.services.preparation import (
    Content,
    Prepared,
    Rejected,
    prepare,
    read_content,
)
from spinestudy.imaging.services.quarantine import quarantine
from spinestudy.imaging.services.sources import MIB, Source, find_sources
from spinestudy.imaging.services.uploads import (
    begin_upload,
    count_files,
    fail_upload,
    finish_upload,
)

CHUNK_FILES: Final = 64
CHUNK_BYTES: Final = 128 * MIB
THREADS: Final = 4
"""Packing, hashing and disk work release the interpreter lock."""

Watch = Callable[[Upload], None]


def import_sources(
    *, upload_id: int, sources: Sequence[Source], actor: Any, watch: Watch = lambda _: None
) -> Upload:
    """Import every source and finish the upload; `watch` is called after every few files.

    Idempotent: what is byte for byte known is counted as known. On a failure of the machine
    (disk, database) the upload is marked failed and the error raised; files landed so far stay.
    """
    upload = begin_upload(upload_id=upload_id, files_total=len(sources))
    if upload is None:
        return Upload.objects.get(pk=upload_id)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            for chunk in _chunks(sources):
                _import_chunk(upload, chunk, pool)
                watch(upload)
    except Exception as error:
        fail_upload(upload, actor=actor, message=_failure(error))
        raise
    finish_upload(upload, actor=actor)
    watch(upload)
    return upload


def _failure(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"The import stopped: {error.strerror}. Mend that and import again."
    return f"The import stopped with an unexpected error ({type(error).__name__}). Import again."


def _chunks(sources: Sequence[Source]) -> Iterator[list[Source]]:
    chunk: list[Source] = []
    size_bytes = 0
    for source in sources:
        if chunk and (len(chunk) == CHUNK_FILES or size_bytes + source.size_bytes > CHUNK_BYTES):
            yield chunk
            chunk, size_bytes = [], 0
        chunk.append(source)
        size_bytes += source.size_bytes
    if chunk:
        yield chunk


def _import_chunk(upload: Upload, chunk: list[Source], pool: ThreadPoolExecutor) -> None:
    contents: list[Content] = []
    rejected: list[Rejected] = []
    for read in pool.map(read_content, chunk):
        if isinstance(read, Rejected):
            rejected.append(read)
        else:
            contents.append(read)
    known_exams = _known(contents)
    known = sum(content.sha256 in known_exams for content in contents)
    if upload.cohort is not None:
        upload.cohort.imaging_studies.add(*set(known_exams.values()))
    by_series: dict[str, list[Prepared]] = defaultdict(list)
    new = [content for content in contents if content.sha256 not in known_exams]
    for prepared in pool.map(prepare, new):
        if isinstance(prepared, Rejected):
            rejected.append(prepared)
        else:
            by_series[prepared.header.series_instance_uid].append(prepared)
    counts: Counter[str] = Counter(known=known)
    for _, files in sorted(by_series.items()):
        for same_exam in _by_exam(files):
            landed = land_series(same_exam, cohort=upload.cohort)
            counts.update(accepted=len(landed.accepted), known=len(landed.known))
            rejected.extend(landed.rejected)
    for one in rejected:
        quarantine(upload=upload, source=one.source, code=one.code, reason=one.reason)
    count_files(
        upload,
        accepted=counts["accepted"],
        known=counts["known"],
        quarantined=len(rejected),
    )


def _known(contents: Sequence[Content]) -> dict[str, ImagingStudy]:
    """Digest -> exam, of the files that are byte for byte here already."""
    rows = Instance.objects.filter(
        sha256__in=[content.sha256 for content in contents]
    ).select_related("series__imaging_study")
    return {row.sha256: row.series.imaging_study for row in rows}


def _by_exam(files: Sequence[Prepared]) -> list[list[Prepared]]:
    """Files of one series that disagree about exam or patient land by themselves."""
    groups: dict[tuple[str, str, str], list[Prepared]] = defaultdict(list)
    for one in files:
        header = one.header
        key = (header.study_instance_uid, header.patient_id, header.patient_id_issuer)
        groups[key].append(one)
    return list(groups.values())


def import_paths(
    *,
    upload: Upload,
    paths: Iterable[Path],
    actor: Any = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Upload:
    """Import files, folders and archives of this machine; `progress` gets done and total."""
    sources = list(find_sources((path.name or str(path), path) for path in paths))
    return import_sources(
        upload_id=upload.pk,
        sources=sources,
        actor=actor,
        watch=lambda row: progress(files_done(row), row.files_total),
    )


def files_done(upload: Upload) -> int:
    """How many files have found their place."""
    return upload.files_accepted + upload.files_known + upload.files_quarantined
