from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0001_reader_studies")]

    operations = [
        migrations.RemoveConstraint(model_name="levelmark", name="level_mark_one_per_level"),
        migrations.RenameField(model_name="levelmark", old_name="disc_level", new_name="level"),
        migrations.AlterField(
            model_name="levelmark", name="level", field=models.CharField(max_length=8)
        ),
        migrations.AddField(
            model_name="levelmark",
            name="kind",
            field=models.CharField(
                choices=[("disc", "disc"), ("vertebra", "vertebra")],
                default="disc",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="levelmark",
            constraint=models.UniqueConstraint(
                fields=("case", "reading", "kind", "level"),
                name="level_mark_one_per_level",
                nulls_distinct=False,
            ),
        ),
    ]
