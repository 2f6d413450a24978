from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0003_bulletin_sections"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="id_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("resident_id", "居民身份证"),
                    ("hmt_residence", "港澳台居民居住证"),
                    ("passport", "护照"),
                    ("hk_macao", "港澳居民来往内地通行证"),
                    ("taiwan", "台湾居民来往大陆通行证"),
                    ("foreign_permanent", "外国人永久居留身份证"),
                    ("birth_certificate", "出生医学证明"),
                    ("military", "军官证"),
                    ("other", "其他证件"),
                ],
                max_length=20,
                verbose_name="证件类别",
            ),
        ),
        migrations.AlterField(
            model_name="personevent",
            name="id_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("resident_id", "居民身份证"),
                    ("hmt_residence", "港澳台居民居住证"),
                    ("passport", "护照"),
                    ("hk_macao", "港澳居民来往内地通行证"),
                    ("taiwan", "台湾居民来往大陆通行证"),
                    ("foreign_permanent", "外国人永久居留身份证"),
                    ("birth_certificate", "出生医学证明"),
                    ("military", "军官证"),
                    ("other", "其他证件"),
                ],
                max_length=20,
                verbose_name="证件类别",
            ),
        ),
    ]
