from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_history_context")]

    operations = [
        migrations.AlterField(
            model_name="importbatch",
            name="user_id",
            field=models.BigIntegerField(null=True, verbose_name="用户"),
        ),
    ]
