from django.db import migrations, models

from portal.migrating import AtOnce


class Migration(AtOnce):
    dependencies = [
        ("residents", "0004_events_whole_and_undone"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="changereport",
            index=models.Index(fields=["community", "dwelling"], name="changereport_dwelling"),
        ),
        migrations.AddIndex(
            model_name="changereport",
            index=models.Index(
                condition=models.Q(("person__isnull", False)),
                fields=["community", "person"],
                name="changereport_person",
            ),
        ),
        migrations.AddIndex(
            model_name="dwelling",
            index=models.Index(
                condition=models.Q(("owner__isnull", False)),
                fields=["community", "owner"],
                name="dwelling_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="populationevent",
            index=models.Index(fields=["community", "residence"], name="populationevent_residence"),
        ),
        migrations.AddIndex(
            model_name="populationevent",
            index=models.Index(
                condition=models.Q(("former__isnull", False)),
                fields=["community", "former"],
                name="populationevent_former",
            ),
        ),
    ]
