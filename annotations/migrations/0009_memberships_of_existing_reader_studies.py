"""Whoever coordinated until now goes on coordinating every reader study there is."""

from django.db import migrations


def grant(apps, schema_editor):
    Membership = apps.get_model("annotations", "Membership")
    User = apps.get_model("auth", "User")
    coordinators = list(User.objects.filter(groups__name="coordinators"))
    for reader_study in apps.get_model("annotations", "ReaderStudy").objects.all():
        people = {one.pk: one for one in [*coordinators, reader_study.created_by]}
        Membership.objects.bulk_create(
            Membership(reader_study=reader_study, user=one, role="coordinator")
            for one in people.values()
        )


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0008_locks_signatures_memberships"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
