from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_lost_jobs")]

    operations = [
        migrations.AlterField(
            model_name="importbatch",
            name="user_id",
            field=models.BigIntegerField(null=True, verbose_name="用户"),
        ),
    ]
