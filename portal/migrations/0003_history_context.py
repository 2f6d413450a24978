from django.db import migrations


class Migration(migrations.Migration):
    """Let history triggers run without any right on pghistory's context table.

    Statement-level triggers always call this function, although the context stands in the event row
    itself; its stock version writes `pghistory_context`, which has no community (traps.md T8).
    """

    dependencies = [("portal", "0002_protect"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [
        migrations.RunSQL(
            "CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
            migrations.RunSQL.noop,
        )
    ]
