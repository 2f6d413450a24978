"""Every model is scoped, tracked, ordered, named and classified, or listed as exempt."""

import pytest
from django.apps import apps
from django.db import connection, models

from portal.access.db_scope import ROLES
from portal.access.querysets import ScopedForeignKey
from portal.access.table_grants import OWNER_ONLY, UNSCOPED
from portal.retention.expired import expiring_categories
from portal.retention.functions import function_name
from tests.loops import for_each

OURS = ("portal", "community", "residents", "partybuilding", "services", "security")
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]
EVENTS = [model for model in MODELS if model._meta.pk.name == "pgh_id"]
NOUNS = [model for model in MODELS if model not in EVENTS and model._meta.app_label != "portal"]
COMMON = {"id", "uuid", "version", "community"}
SCOPED = [m for m in MODELS if any(f.column == "community_id" for f in m._meta.local_fields)]


def _table(model) -> str:
    return model._meta.db_table


def _label(model) -> str:
    return model._meta.label


@for_each(MODELS, name=_label)
def test_model_is_scoped_or_exempt(model):
    if model in SCOPED and _table(model) not in UNSCOPED:
        return
    if _table(model) in UNSCOPED:
        assert UNSCOPED[_table(model)].reason
        return
    assert _table(model) in ("community_community", "community_communityevent"), (
        "neither scoped nor in the list"
    )


@for_each(NOUNS, name=_label)
def test_model_is_tracked_or_exempt(model):
    unscoped = _table(model) in UNSCOPED
    assert hasattr(model, "pgh_event_model") or getattr(model, "untracked_because", "") or unscoped


@for_each(NOUNS, name=_label)
def test_every_field_is_classified_once(model):
    classed = [name for names in model.field_classes.values() for name in names]
    field_names = {f.name for f in model._meta.local_fields} - COMMON
    assert set(model.field_classes) <= {"secret", "restricted", "personal", "public"}
    assert sorted(classed) == sorted(set(classed))
    assert field_names - {"community"} == set(classed) - {"community"}


@for_each(MODELS, name=_label)
def test_model_has_ordering_and_chinese_names(model):
    assert model._meta.ordering
    if model in EVENTS:
        return
    assert any("一" <= char <= "龥" for char in str(model._meta.verbose_name))
    for field in model._meta.local_fields:
        if field.name not in ("id", "password", "last_login"):
            assert any("一" <= c <= "龥" for c in str(field.verbose_name)) or field.name in ("pdf",), (
                field.name
            )


@for_each(EVENTS, name=_label)
def test_history_has_no_encrypted_column(model):
    tracked = model.pgh_tracked_model
    binary = {f.name for f in tracked._meta.fields if isinstance(f, models.BinaryField)}
    ciphers = {name for name in binary if not name.endswith("_hash")}
    assert not ciphers & {f.name for f in model._meta.fields}


@for_each([m for m in SCOPED if m not in EVENTS], name=_label)
def test_foreign_keys_between_scoped_rows_are_scoped(model):
    if _table(model) in UNSCOPED or model._meta.app_label == "portal":
        return
    wrong = [
        f.name
        for f in model._meta.local_fields
        if f.is_relation and f.related_model in SCOPED and not isinstance(f, ScopedForeignKey)
        and _table(f.related_model) not in UNSCOPED
    ]  # fmt: skip
    assert wrong == []


# The database catalogue


def _rows(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_table_has_row_security_or_is_listed():
    """A table without row security must be in the list of unscoped tables, or closed to all roles."""
    tables = {
        name: (enabled, forced)
        for name, enabled, forced in _rows(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
    }
    open_tables = {name for name, state in tables.items() if state != (True, True)}
    assert open_tables - UNSCOPED.keys() - OWNER_ONLY.keys() == set()


@pytest.mark.django_db
@for_each(SCOPED, name=_label)
def test_scoped_table_has_a_policy_per_command(model):
    if _table(model) in UNSCOPED:
        return
    commands = {
        command
        for (command,) in _rows(
            "SELECT cmd FROM pg_policies WHERE tablename = %s AND 'liren_app' = ANY (roles)", [_table(model)]
        )
    }
    assert "ALL" not in commands
    assert {"SELECT", "INSERT"} <= commands
    granted = {
        privilege
        for (privilege,) in _rows(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE table_name = %s AND grantee = 'liren_app'",
            [_table(model)],
        )
    }
    assert granted <= commands, "a right without a policy"
    if model in EVENTS:
        assert granted == {"SELECT", "INSERT"}


@pytest.mark.django_db
def test_scoped_tables_show_no_rows_outside_the_scope():
    granted = _rows(
        "SELECT table_name FROM information_schema.role_table_grants WHERE grantee IN ('liren_web', 'PUBLIC')"
        " AND table_schema = 'public'"
    )
    names = {name for (name,) in granted}
    assert names - UNSCOPED.keys() == {"community_community"}  # names only, under its own policy


@pytest.mark.django_db
@for_each(SCOPED, name=_label)
def test_composite_keys_match_the_models(model):
    if model in EVENTS or _table(model) in UNSCOPED:
        return
    columns = {f.column for f in model._meta.local_fields if isinstance(f, ScopedForeignKey)}
    keys = {
        definition
        for (definition,) in _rows(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
            [_table(model)],
        )
    }
    for column in columns:
        assert any(d.startswith(f"FOREIGN KEY (community_id, {column})") for d in keys), column


@pytest.mark.django_db
def test_runtime_roles_are_unprivileged():
    roles = {
        name: (superuser, bypass)
        for name, superuser, bypass in _rows(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'liren%'"
        )
    }
    for name in (*ROLES, "liren_web"):
        assert roles[name] == (False, False)
    owners = {owner for (owner,) in _rows("SELECT tableowner FROM pg_tables WHERE schemaname = 'public'")}
    assert not owners & {*ROLES, "liren_web"}


@pytest.mark.django_db
def test_views_are_security_invoker():
    views = _rows(
        "SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
    )
    assert [name for name, options in views if "security_invoker=true" not in (options or [])] == []


@pytest.mark.django_db
def test_security_definer_functions_are_listed_and_restricted():
    """SECURITY DEFINER functions are listed here and not executable by PUBLIC."""
    functions = dict(
        _rows(
            "SELECT proname, coalesce(array_to_string(proacl, ','), '') FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
    )
    purging = {function_name(category) for category in expiring_categories()}
    assert set(functions) - purging == {
        "community_bodies_below",
        "community_head_stands",
        "community_objection_by_code",
        "community_request_venue",
        "community_stairwells_below",
        "community_venue_request_by_code",
        "community_withdraw_venue_request",
        "portal_fail_lost_jobs",
        "portal_failed_jobs",
        "portal_forget_batches",
        "portal_forget_drafts",
        "portal_forget_own_links",
        "portal_forget_reminders",
        "portal_forget_stored_files",
        "portal_forget_todo_counts",
        "portal_learn_size",
        "portal_mark_public_change",
        "portal_unattached",
        "partybuilding_attend",
        "partybuilding_check_in",
        "partybuilding_delete_imported_slips",
        "partybuilding_donation_by_code",
        "partybuilding_own_activities",
        "partybuilding_own_duties",
        "partybuilding_own_memberships",
        "residents_door_people",
        "residents_freshness",
        "services_case_by_code",
        "services_hidden_requests",
        "services_delete_hotline_receipts",
        "services_delete_proposal_receipts",
        "services_head_requests",
        "services_is_head_request",
        "services_number_request",
        "services_public_photo_bytes",
        "services_same_requests",
        "services_send_head_request",
        "services_request_events",
        "services_request_numbers",
        "services_send_request",
        "services_step_by_code",
        "services_add_complaint",
        "services_complain",
        "services_complaint_act",
        "services_complaint_by_code",
        "services_complaint_rule",
        "services_complaints_count",
        "services_hand_over_complaint",
        "services_posted_staff",
        "partybuilding_public_posts",
        "partybuilding_public_duties",
    }
    assert not [name for name, acl in functions.items() if acl.startswith("=") or ",=" in acl]
