from django.db import migrations

import portal.permissions
import portal.scoping


class Migration(migrations.Migration):
    """What was handed over asks the right of its source."""

    dependencies = [("portal", "0016_retention")]

    operations = [
        migrations.AddField(
            model_name="handedover",
            name="required_right",
            field=portal.scoping.RightField(
                default=portal.permissions.Permission["TASKS"], max_length=40, verbose_name="查看权限"
            ),
        ),
    ]
