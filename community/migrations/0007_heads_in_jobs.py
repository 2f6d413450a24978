from django.db import migrations

FUNCTION = "FUNCTION community_stairwells_below(bigint[])"


class Migration(migrations.Migration):
    """A job asks anew what its user may do, and the user may also head an area; the answer is ids only."""

    dependencies = [("community", "0006_media")]

    operations = [
        migrations.RunSQL(
            f"GRANT EXECUTE ON {FUNCTION} TO liren_app", f"REVOKE EXECUTE ON {FUNCTION} FROM liren_app"
        )
    ]
