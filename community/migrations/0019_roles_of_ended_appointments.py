"""A role that was ended may lose its place also where it never had a last day."""

from django.db import migrations, models

from portal.migrating import AtOnce


class Migration(AtOnce):
    dependencies = [
        ("community", "0018_months_go_on_from_what_was_published"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="roleassignment",
            name="roleassignment_place",
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
                                ("area__isnull", True),
                                ("stairwell__isnull", True),
                                models.Q(
                                    ("end__isnull", False), ("ended_at__isnull", False), _connector="OR"
                                ),
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
