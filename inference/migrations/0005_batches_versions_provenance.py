import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inference", "0004_clinical_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="worker",
            field=models.CharField(
                blank=True,
                default="",
                help_text="host and process that took it last",
                max_length=120,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="prediction",
            name="device",
            field=models.CharField(
                blank=True, default="", help_text="what it was computed on", max_length=80
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="prediction",
            name="stage_seconds",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="[stage, seconds], in the order of the stages",
            ),
        ),
        migrations.AddField(
            model_name="prediction",
            name="provenance",
            field=models.JSONField(
                blank=True, default=dict, help_text="input series, hashes, versions, host"
            ),
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pipeline", models.CharField(help_text="name@version", max_length=80)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("cohort", "cohort"),
                            ("exams", "single exams"),
                            ("shadow", "shadow run"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="which cohort or reader study; never shown", max_length=80
                    ),
                ),
                ("title", models.CharField(max_length=250)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.CreateModel(
            name="BatchJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_new", models.BooleanField(help_text="queued by this batch")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="inference.batch",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inference.job",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "job"), name="batch_job_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="jobs",
            field=models.ManyToManyField(
                related_name="batches", through="inference.BatchJob", to="inference.job"
            ),
        ),
        migrations.CreateModel(
            name="PipelineVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "pipeline",
                    models.CharField(help_text="name@version", max_length=80, unique=True),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("registered", "runs here"),
                            ("imported", "predictions brought in"),
                        ],
                        default="registered",
                        max_length=10,
                    ),
                ),
                ("is_retired", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "metadata",
                    models.JSONField(blank=True, default=dict, help_text="of an imported version"),
                ),
                (
                    "card",
                    models.TextField(blank=True, help_text="Markdown, of an imported version"),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pipeline"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_retired", False),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="retired_version_has_a_reason",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                fields=("pipeline", "purpose", "key"), name="batch_unique"
            ),
        ),
    ]
