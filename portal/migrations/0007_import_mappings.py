from django.db import migrations, models

from portal.rls import ProtectTable


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0006_learn_size"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("community_id", models.BigIntegerField(verbose_name="社区")),
                ("register", models.CharField(max_length=60, verbose_name="台账")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="表头指纹")),
                ("fields", models.JSONField(default=dict, verbose_name="对应关系")),
                ("confirmed_at", models.DateTimeField(verbose_name="确认时间")),
            ],
            options={
                "verbose_name": "栏目对应",
                "verbose_name_plural": "栏目对应",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community_id", "register", "fingerprint"), name="importmapping_once"
                    )
                ],
            },
        ),
        ProtectTable("ImportMapping"),
        migrations.AlterField(
            model_name="importbatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "待对应列"),
                    ("checking", "检查中"),
                    ("checked", "待确认"),
                    ("applying", "写入中"),
                    ("applied", "已导入"),
                    ("failed", "未完成"),
                    ("undone", "已撤销"),
                ],
                default="uploaded",
                max_length=8,
                verbose_name="状态",
            ),
        ),
    ]
