import pytest
from django.db import connection

from portal.access.checks import served_over_https, tables_are_protected
from portal.crypto import vault
from portal.crypto.checks import keys_are_readable


@pytest.mark.django_db
def test_a_table_without_row_security_is_an_error():
    assert tables_are_protected(None, databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE forgotten (community_id bigint)")
    assert [error.id for error in tables_are_protected(None, databases=["default"])] == ["liren.E002"]


def test_a_damaged_key_file_is_an_error(settings, tmp_path):
    (tmp_path / "data_keys.json").write_text("{}")
    settings.DATA_KEYS_DIR = tmp_path
    assert [error.id for error in keys_are_readable(None)] == ["liren.E001"]


def test_plain_http_is_a_deployment_warning(settings):
    settings.HTTPS = False
    assert [warning.id for warning in served_over_https(None)] == ["liren.W001"]


def test_secret_can_be_decrypted_in_its_own_row_only(settings, tmp_path):
    import uuid

    settings.DATA_KEYS_DIR = tmp_path
    one, other = uuid.uuid4(), uuid.uuid4()
    stored = vault.encrypt("330102199001011234", "t.c", one)
    assert b"3301" not in stored
    assert vault.decrypt(stored, "t.c", one) == "330102199001011234"
    for column, row in (("t.c", other), ("t.d", one)):
        with pytest.raises(vault.SecretUnreadable):
            vault.decrypt(stored, column, row)
    with pytest.raises(vault.SecretUnreadable):
        vault.decrypt(stored[:-1] + bytes([stored[-1] ^ 1]), "t.c", one)
    assert vault.blind_index("a", "t.c") != vault.blind_index("a", "t.d")
    assert (tmp_path / "data_keys.json").stat().st_mode & 0o777 == 0o600
