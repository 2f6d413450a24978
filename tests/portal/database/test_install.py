"""Installation: database objects besides tables match the declarations, and no others remain."""

import pytest
from django.db import connection
from pgtrigger import registry

from community.communities.models import Community
from community.places.models import Area
from portal.access.db_scope import ROLES
from portal.access.rls import RowSecurity
from portal.audit.checks import tracked_models_have_their_triggers
from portal.audit.tracking import wrong_triggers
from portal.database import install
from portal.database.install import TableKey, install_after_migrations
from portal.launch import roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def declare(monkeypatch):
    """Declare more statements and keys, or no keys besides."""

    def declare(*statements: str, keys=()):
        monkeypatch.setattr(install, "_statements", [*install._statements, lambda: statements])
        monkeypatch.setattr(install, "_keys", [*install._keys, lambda: keys])
        install._declared.cache_clear()
        install.fingerprint.cache_clear()

    yield declare
    monkeypatch.undo()
    install._declared.cache_clear()
    install.fingerprint.cache_clear()


def execute(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def functions() -> set[str]:
    return {
        name for (name,) in execute("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    }


def listing() -> list[tuple]:
    return execute("""
        SELECT 'policy', tablename || policyname, concat(roles, cmd, qual, with_check) FROM pg_policies
        UNION ALL SELECT 'function', oid::regprocedure::text, concat(prosrc, proacl)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
        UNION ALL SELECT 'column', attrelid::regclass || attname, attacl::text FROM pg_attribute WHERE attacl IS NOT NULL
        UNION ALL SELECT 'table', oid::regclass::text, concat(relrowsecurity, relforcerowsecurity, acl)
        FROM pg_class, LATERAL (SELECT array_agg(a ORDER BY a::text) AS acl FROM unnest(relacl) a) AS sorted
        WHERE relnamespace = 'public'::regnamespace
        ORDER BY 1, 2, 3
    """)


def test_roles_with_grants_are_the_declared_roles():
    assert set(install.ROLES) == {*ROLES, roles.WEB}


def test_every_declaring_module_is_loaded():
    """The statements of a module that nobody imports would be missing in the database without an error."""
    names = {declared.__name__ for declared in (*install._statements, *install._keys)}
    assert names == {
        "abandoned_batches",
        "history_triggers",
        "public_change_triggers",
        "purge_functions",
        "row_security",
        "scoped_keys",
        "stored_file_deletion",
        "unscoped_grants",
    }
    files = "".join(install._files())
    for word in (
        "_pgh_attach_context",
        "portal_failed_jobs",
        "community_head_stands",
        "residents_door_people",
    ):
        assert f"FUNCTION {word}" in files


def test_installing_again_changes_nothing():
    before = listing()
    install.install(using="default")
    assert listing() == before


def test_manual_changes_are_reverted():
    """Missing, altered and additional policies, grants, triggers, functions and keys."""
    before = listing()
    execute("""
        DROP POLICY liren_app_select ON community_area;
        CREATE POLICY open ON community_person FOR SELECT TO liren_web USING (true);
        ALTER TABLE community_venue NO FORCE ROW LEVEL SECURITY;
        GRANT SELECT ON community_person TO liren_web;
        GRANT UPDATE (name) ON community_person TO liren_public;
        REVOKE SELECT ON community_area FROM liren_app;
        DROP FUNCTION portal_failed_jobs(timestamptz);
        CREATE FUNCTION portal_left_over() RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE TRIGGER left_over BEFORE INSERT ON community_area
            FOR EACH ROW EXECUTE FUNCTION community_appointment_left();
        ALTER TABLE community_area DROP CONSTRAINT community_area_parent_id_scope;
        ALTER TABLE community_area ADD CONSTRAINT community_area_gone_scope UNIQUE (community_id, name, id);
    """)
    assert listing() != before
    install.install(using="default")
    assert listing() == before


def test_new_declaration_is_installed_and_a_removed_one_dropped(declare, monkeypatch):
    assert install.is_installed(using="default")
    key = TableKey("community_area", "community_area_kind", "UNIQUE (community_id, id, name)")
    declare("CREATE FUNCTION portal_more() RETURNS int LANGUAGE sql AS 'SELECT 1'", keys=[key])
    assert not install.is_installed(using="default")
    install.install_if_changed(using="default")
    assert install.is_installed(using="default")
    assert "portal_more" in functions()
    assert execute("SELECT 1 FROM pg_constraint WHERE conname = 'community_area_kind'")
    monkeypatch.undo()
    install._declared.cache_clear()
    install.fingerprint.cache_clear()
    install.install_if_changed(using="default")
    assert "portal_more" not in functions()
    assert not execute("SELECT 1 FROM pg_constraint WHERE conname = 'community_area_kind'")


def test_the_fingerprint_follows_the_models(declare, monkeypatch):
    before = install.fingerprint()
    monkeypatch.setattr(Area, "row_security", RowSecurity(append_only=True), raising=False)
    declare()
    assert install.fingerprint() != before


def test_failed_installation_is_rolled_back(declare):
    before = listing()
    declare("SELECT no_such_function()")
    with pytest.raises(Exception, match="no_such_function"):
        install.install(using="default")
    assert listing() == before


def test_flush_makes_no_query_and_a_migration_installs(declare, django_assert_num_queries):
    declare("CREATE FUNCTION portal_more() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with django_assert_num_queries(0):
        install_after_migrations(using="default")
    install_after_migrations(using="default", plan=[])
    assert "portal_more" in functions()


@pytest.mark.logs_errors
def test_ready_means_installed(client, declare):
    execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert client.get("/healthz/ready").json()["what"]["migrations"]
    declare("SELECT 1")
    assert not client.get("/healthz/ready").json()["what"]["migrations"]


# Triggers of tracked models


def _trigger() -> tuple[str, str]:
    """A table and its trigger."""
    return execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname ^@ 'pgtrigger_insert' ORDER BY 2"
    )[0]


def test_tracked_models_have_their_triggers():
    assert wrong_triggers(using="default") == []
    assert tracked_models_have_their_triggers(None, databases=["default"]) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DROP TRIGGER {name} ON {table}", "缺少触发器"),
        ("ALTER TABLE {table} DISABLE TRIGGER {name}", "被改动或停用"),
        ("COMMENT ON TRIGGER {name} ON {table} IS 'another'", "被改动或停用"),
        ("ALTER TRIGGER {name} ON {table} RENAME TO pgtrigger_other", "多出触发器"),
    ],
)
def test_altered_trigger_is_an_error(change, sentence):
    table, name = _trigger()
    execute(change.format(name=name, table=table))
    errors = tracked_models_have_their_triggers(None, databases=["default"])
    assert {error.id for error in errors} == {"liren.E003"}
    assert any(sentence in error.msg for error in errors)


def test_a_tracked_model_without_triggers_is_an_error(monkeypatch):
    others = [(model, trigger) for model, trigger in registry.registered() if model is not Community]
    monkeypatch.setattr(registry, "registered", lambda: others)
    sentences = wrong_triggers(using="default")
    assert "表 community_community 声明了变更历史，却没有触发器 update。" in sentences


def test_pending_installation_is_no_check_error(declare):
    """Checks run before `migrate`: an error would keep it from installing what is missing."""
    table, name = _trigger()
    execute(f"DROP TRIGGER {name} ON {table}")
    declare("SELECT 1")
    assert tracked_models_have_their_triggers(None, databases=["default"]) == []


def test_keys_that_are_there_are_recognised():
    """Or the next installation would add them once more."""
    keys, _ = install._declared()
    with connection.cursor() as cursor:
        assert list(install._changed_keys(cursor, keys)) == []
