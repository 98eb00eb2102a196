"""Reader studies made before there were protocols get version 1 and a schedule of what they have."""

from django.db import migrations
from django.db.models import F, Min

from annotations.design.allocation import Assignment, schedule_hash
from annotations.design.protocol import LiveView, ReaderStudyDesign, body_of, content_hash


def write_protocols(apps, schema_editor):
    ReaderStudy = apps.get_model("annotations", "ReaderStudy")
    Reading = apps.get_model("annotations", "Reading")
    for reader_study in ReaderStudy.objects.all():
        readings = Reading.objects.filter(enrolment__reader_study=reader_study)
        readings.update(order=F("position"))
        rows = [
            Assignment(*values)
            for values in readings.values_list(
                "enrolment__code",
                "reading_session__period",
                "order",
                "case__number",
                "reading_session__arm__label",
            ).iterator(5000)
        ]
        begun = readings.aggregate(opened=Min("opened_at"), started=Min("started_at"))
        moments = [moment for moment in begun.values() if moment]
        apps.get_model("annotations", "Schedule").objects.create(
            reader_study=reader_study,
            sha256=schedule_hash(rows),
            n_readings=len(rows),
            frozen_at=min(moments, default=None),
        )
        body = _body(reader_study)
        apps.get_model("annotations", "Protocol").objects.create(
            reader_study=reader_study,
            version=1,
            body=body,
            sha256=content_hash(body),
            written_by=reader_study.created_by,
        )


def _body(reader_study):
    # Coordinators saw every arm until now; a protocol can't change that behind their backs.
    design = ReaderStudyDesign(
        design=reader_study.design, live_view=LiveView(coordinators="by_arm", min_patients=0)
    )
    return {
        **body_of(design),
        "title": reader_study.title,
        "seed": reader_study.seed,
        "has_ordered_sessions": reader_study.has_ordered_sessions,
        "arms": [
            {
                "label": arm.label,
                "pipeline": arm.pipeline,
                "is_training": arm.reading_sessions.filter(phase="training").exists(),
            }
            for arm in reader_study.arms.order_by("position")
        ],
        "items": [
            {
                "item": item.finding_code,
                "scores": list(item.scores),
                "sides": list(item.sides),
                "is_required": item.is_required,
                "depends_on": item.depends_on.finding_code if item.depends_on else None,
                "depends_on_score": item.depends_on_score,
            }
            for item in reader_study.items.select_related("depends_on").order_by("position")
        ],
        "readers": [
            {"code": one.code, "seniority": "", "case_limit": None}
            for one in reader_study.enrolments.order_by("id")
        ],
        "n_cases": reader_study.cases.count(),
        "viewer": {
            "hanging": reader_study.hanging["title"],
            "tools": list(reader_study.tools),
            "segments": list(reader_study.segments),
            "asks_confidence": reader_study.asks_confidence,
            "idle_cutoff_s": reader_study.idle_cutoff_s,
        },
    }


class Migration(migrations.Migration):
    dependencies = [("annotations", "0006_protocol_and_schedule")]

    operations = [migrations.RunPython(write_protocols, migrations.RunPython.noop)]
