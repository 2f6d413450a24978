from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0017_handed_over_right"),
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
                    ("confirm", "同意导出"),
                    ("refuse", "不同意导出"),
                    ("print", "打印"),
                    ("given", "向本人提供"),
                    ("file", "打开文件"),
                    ("open", "查看健康档案"),
                    ("denied", "越权被拒"),
                    ("phone", "绑定手机"),
                    ("link", "发放开通单"),
                    ("link_used", "使用开通单"),
                    ("link_ended", "开通单失效"),
                    ("grant", "授予角色"),
                    ("change", "变更任职"),
                    ("end", "结束角色"),
                ],
                max_length=10,
                verbose_name="操作",
            ),
        ),
    ]
