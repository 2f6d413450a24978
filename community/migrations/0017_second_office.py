import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.migrating import AtOnce

PAST_LINKS = """
UPDATE community_setuplink SET office = 'street' WHERE user_id IN (
    SELECT user_id FROM community_roleassignment WHERE role = 'director');
UPDATE community_setuplink SET office = 'deployment' WHERE user_id IN (
    SELECT user_id FROM community_roleassignment WHERE role IN ('street', 'admin'));
UPDATE community_setuplink SET expires_at = now(), ended_because = 'role'
    WHERE office = 'community' AND used_at IS NULL AND expires_at > now() AND user_id IN (
        SELECT user_id FROM community_roleassignment
        WHERE role IN ('supervisor', 'health', 'petitions', 'rehabilitation', 'mediator'));
UPDATE community_setuplink SET ended_because = 'expired'
    WHERE ended_because = '' AND used_at IS NULL AND expires_at <= now();
UPDATE community_setuplink SET told_at = used_at WHERE used_at IS NOT NULL AND user_id NOT IN (
    SELECT user_id FROM community_roleassignment
    WHERE role IN ('director', 'supervisor', 'health', 'petitions', 'rehabilitation', 'mediator'));
"""
"""Who issued a link was not kept, but followed from the role: directors' came from the street, officials' from the
operator. Links by which a director could still become a supervisor end. Only holders of the roles that now need the
second office are told of links of the past.
"""


class Migration(AtOnce):
    dependencies = [
        ("community", "0016_task_right"),
    ]

    operations = [
        migrations.AddField(
            model_name="setuplink",
            name="ended_because",
            field=models.CharField(
                blank=True,
                choices=[("replaced", "已另发开通单"), ("role", "任职有变动"), ("expired", "过期未用")],
                max_length=8,
                verbose_name="失效原因",
            ),
        ),
        migrations.AddField(
            model_name="setuplink",
            name="issued_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="发放人",
            ),
        ),
        migrations.AddField(
            model_name="setuplink",
            name="office",
            field=models.CharField(
                choices=[("community", "社区"), ("street", "街道"), ("deployment", "系统管理员")],
                default="community",
                max_length=10,
                verbose_name="发放单位",
            ),
        ),
        migrations.AddField(
            model_name="setuplink",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="理由"),
        ),
        migrations.AddField(
            model_name="setuplink",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="告知本人时间"),
        ),
        migrations.AddField(
            model_name="user",
            name="password_by_community",
            field=models.BooleanField(default=False, editable=False, verbose_name="密码由社区开通单设置"),
        ),
        migrations.AlterField(
            model_name="setuplink",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="setup_links",
                to=settings.AUTH_USER_MODEL,
                verbose_name="账号",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="community.person",
                verbose_name="对应人员",
            ),
        ),
        migrations.RunSQL(PAST_LINKS, migrations.RunSQL.noop),
    ]
