"""Run a pipeline over exams: manage.py run_pipeline NAME[@VERSION] --cohort NAME | --exam UID."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from inference.models import Batch, Job
from inference.selectors.batches import BatchProgress, batch_progress
from inference.selectors.pipelines import active_version_of
from inference.tasks import request_batch
from spinestudy.common.errors import DomainError
from spinestudy.imaging.models import Cohort, ImagingStudy

_EVERY_S = 2.0


class Command(BaseCommand):
    help = (
        "Queue a pipeline for every exam of a cohort, or for single exams. Asked for again it "
        "queues only what is missing. Workers do the work: see docs/guide/operations.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pipeline", help="NAME for the newest active version, or NAME@VERSION")
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--cohort", help="name of a cohort")
        chosen.add_argument("--exam", action="append", help="Study Instance UID; may be repeated")
        parser.add_argument("--wait", action="store_true", help="until all is done or has failed")
        parser.add_argument(
            "--give-up-after", type=float, metavar="SECONDS", help="end --wait with an error then"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        pipeline = options["pipeline"]
        if "@" not in pipeline:
            pipeline = active_version_of(pipeline) or pipeline
        exams, purpose, key, title = self._chosen(options)
        try:
            batch = request_batch(
                imaging_studies=exams,
                pipeline=pipeline,
                purpose=purpose,
                key=key,
                title=title,
                actor=None,
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self._tell(batch_progress(batch))
        if options["wait"]:
            self._wait(batch, options["give_up_after"])

    def _chosen(self, options: dict[str, Any]) -> tuple[list[ImagingStudy], str, str, str]:
        if options["cohort"]:
            cohort = Cohort.objects.filter(name=options["cohort"]).first()
            if cohort is None:
                known = ", ".join(Cohort.objects.values_list("name", flat=True)[:20]) or "none"
                raise CommandError(f"There is no cohort '{options['cohort']}'. There are: {known}.")
            exams = list(cohort.imaging_studies.order_by("pk"))
            return exams, Batch.Purpose.COHORT, str(cohort.pk), cohort.name
        wanted = sorted(set(options["exam"]))
        exams = list(ImagingStudy.objects.filter(study_instance_uid__in=wanted).order_by("pk"))
        missing = sorted(set(wanted) - {exam.study_instance_uid for exam in exams})
        if missing:
            raise CommandError(f"There is no exam {missing[0]}. Import its files first.")
        key = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
        title = wanted[0] if len(wanted) == 1 else f"{len(wanted)} exams"
        return exams, Batch.Purpose.EXAMS, key, title

    def _wait(self, batch: Batch, give_up_after: float | None) -> None:
        began, told = time.monotonic(), None
        while True:
            progress = batch_progress(batch)
            counts = (progress.done, progress.failed, progress.running, progress.waiting)
            if counts != told:
                self._tell(progress)
                told = counts
            if progress.is_over:
                break
            if give_up_after is not None and time.monotonic() - began > give_up_after:
                raise CommandError(
                    f"After {give_up_after:g} s {progress.waiting + progress.running} runs are "
                    "not done. Is a worker of this pipeline's queue running?"
                )
            time.sleep(min(_EVERY_S, give_up_after or _EVERY_S))
        if progress.failed:
            raise CommandError(
                f"{progress.failed} runs failed, the first with: {self._first_failure(batch)} "
                "Run the command again to retry them."
            )

    def _first_failure(self, batch: Batch) -> str:
        failed = batch.jobs.filter(state=Job.State.FAILED).order_by("pk").first()
        return failed.error_message if failed else ""

    def _tell(self, progress: BatchProgress) -> None:
        end = ""
        if progress.ends_at is not None:
            seconds = (progress.ends_at - timezone.now()).total_seconds()
            end = f", done in about {max(seconds, 0):.0f} s"
        self.stdout.write(
            f"{progress.batch.pipeline} over {progress.batch.title}: {progress.done} of "
            f"{progress.total} done, {progress.running} running, {progress.waiting} waiting, "
            f"{progress.failed} failed{end}"
        )
        self.stdout.flush()
