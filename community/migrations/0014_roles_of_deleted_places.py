import django.db.models.deletion
from django.db import migrations, models

from portal.migrating import AtOnce


class Migration(AtOnce):
    dependencies = [
        ("community", "0013_rules_of_all_apps"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="roleassignment",
            name="roleassignment_place",
        ),
        migrations.AlterField(
            model_name="roleassignment",
            name="area",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="community.area",
                verbose_name="片区或小组",
            ),
        ),
        migrations.AlterField(
            model_name="roleassignment",
            name="stairwell",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="community.stairwell",
                verbose_name="楼道",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("role__in", ["street"]),
                        ("area__isnull", True),
                        ("community__isnull", True),
                        ("stairwell__isnull", True),
                        ("street__isnull", False),
                    ),
                    models.Q(
                        (
                            "role__in",
                            [
                                "director",
                                "staff",
                                "civil",
                                "finance",
                                "party",
                                "security",
                                "supervisor",
                                "branch",
                                "patrol",
                                "health",
                                "rehabilitation",
                                "petitions",
                                "mediator",
                            ],
                        ),
                        ("area__isnull", True),
                        ("community__isnull", False),
                        ("stairwell__isnull", True),
                        ("street__isnull", True),
                    ),
                    models.Q(
                        ("role__in", ["head"]),
                        ("community__isnull", False),
                        ("street__isnull", True),
                        models.Q(
                            models.Q(("area__isnull", True), ("stairwell__isnull", True), _connector="XOR"),
                            models.Q(
                                ("area__isnull", True), ("end__isnull", False), ("stairwell__isnull", True)
                            ),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        ("role__in", ["admin"]),
                        ("area__isnull", True),
                        ("community__isnull", True),
                        ("stairwell__isnull", True),
                        ("street__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="roleassignment_place",
                violation_error_message="该角色与所选范围不符，请重新选择",
            ),
        ),
    ]
