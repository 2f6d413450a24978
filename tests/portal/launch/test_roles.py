"""Logins and roles of the cluster, and messages about unsuitable servers."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from portal.launch import roles
from portal.launch.state import LaunchError

PASSWORD = secrets.token_hex(8)


def url_of(login, database=None):
    """URL of the tests' server for another login or database."""
    parts = urlsplit(os.environ["DATABASE_OWNER_URL"])
    address = parts.netloc.rpartition("@")[2]
    path = f"/{database}" if database else parts.path
    return parts._replace(netloc=f"{login}:{PASSWORD}@{address}", path=path).geturl()


@pytest.fixture
def owner():
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def login(owner):
    """Create temporary logins named after this test."""
    names = []

    def make(attributes=""):
        name = f"liren_test_{secrets.token_hex(4)}"
        names.append(name)
        owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' {attributes}")
        return name

    yield make
    for name in names:
        owner.execute(f"DROP ROLE {name}")


def membership(connection, login, role):
    """Whether the login inherits the role's rights, and whether it may assume the role."""
    query = "SELECT pg_has_role(%(l)s, %(r)s, 'USAGE'), pg_has_role(%(l)s, %(r)s, 'SET')"
    return connection.execute(query, {"l": login, "r": role}).fetchone()


@pytest.mark.parametrize("role", roles.ROLES)
def test_runtime_login_may_assume_each_role_and_inherits_none(owner, role):
    assert membership(owner, "liren_web", role) == (False, True)
    assert membership(owner, "liren_owner", role)[1]


def test_runtime_login_has_no_attributes(owner):
    row = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'liren_web'"
    ).fetchone()
    assert row == (False, False, False, False)


def test_missing_runtime_login_is_created_with_the_password_of_its_url(owner):
    name = f"liren_test_{secrets.token_hex(4)}"
    roles.ensure_roles(os.environ["DATABASE_OWNER_URL"], url_of(name))
    try:
        assert membership(owner, name, "liren_app") == (False, True)
        psycopg.connect(url_of(name)).close()
    finally:
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_concurrent_role_creation_does_not_collide(owner, login):
    names = [login() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: roles.ensure_roles(os.environ["DATABASE_OWNER_URL"], url_of(name)), names))
    assert [membership(owner, name, "liren_app") for name in names] == [(False, True)] * 8


def test_owner_login_without_rights_is_reported(login, tmp_path):
    weak = login()
    with pytest.raises(LaunchError) as caught:
        roles.check_external(url_of(weak), url_of("liren_web"), tmp_path)
    sentence = str(caught.value)
    assert f"登录 {weak} 缺少 BYPASSRLS、CREATEROLE" in sentence
    assert "所有者" in sentence


def test_wrong_encoding_is_reported(owner, tmp_path):
    name = f"liren_test_{secrets.token_hex(4)}"
    owner.execute(
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C'"
    )
    try:
        with pytest.raises(LaunchError, match="数据库编码须为 UTF8，现为 LATIN1"):
            roles.check_external(url_of("liren_owner", name), url_of("liren_web", name), tmp_path)
    finally:
        owner.execute(f"DROP DATABASE {name}")


def test_runtime_login_with_bypassrls_is_refused(login, tmp_path):
    powerful = login("BYPASSRLS")
    with pytest.raises(LaunchError, match=f"DATABASE_URL 的登录 {powerful} 不得"):
        roles.check_external(os.environ["DATABASE_OWNER_URL"], url_of(powerful), tmp_path)


def test_old_server_version_is_reported(owner, monkeypatch, tmp_path):
    monkeypatch.setattr(roles, "MINIMUM_VERSION", 99)
    with pytest.raises(LaunchError, match=r"版本须为 99 或更高，现为 \d+"):
        roles.check_external(os.environ["DATABASE_OWNER_URL"], os.environ["DATABASE_URL"], tmp_path)
