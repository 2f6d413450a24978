from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0012_tasks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="datedrule",
            name="key",
            field=models.CharField(max_length=40, verbose_name="规定"),
        ),
    ]
