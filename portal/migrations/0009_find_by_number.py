from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0008_list_preferences"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accesslog",
            name="action",
            field=models.CharField(
                choices=[
                    ("reveal", "查看完整号码"),
                    ("find", "按号码查找"),
                    ("export", "导出"),
                    ("print", "打印"),
                    ("file", "打开文件"),
                    ("denied", "越权被拒"),
                ],
                max_length=10,
                verbose_name="操作",
            ),
        ),
    ]
