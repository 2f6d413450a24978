from django.db import migrations

from portal.rls import ProtectTable


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_tables")]

    operations = [
        ProtectTable("AccessLog", append_only=True),
        ProtectTable("Job"),
        ProtectTable("ImportBatch"),
        ProtectTable("ImportRow"),
    ]
