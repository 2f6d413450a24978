"""`manage.py disclosure_pdf`: the bytes, or one sentence, exit status 2 and no file."""

import pytest
from django.core.management import call_command

from tests.community.bulletins import correct, publish, write_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, capsys):
    """Run the command; returns exit status, what it said on stderr, and the file."""

    def run(community="kuocang", month="2026-10", output="out.pdf"):
        file = tmp_path / output
        status = 0
        try:
            call_command("disclosure_pdf", community=community, month=month, output=str(file))
        except SystemExit as end:
            status = end.code
        return status, capsys.readouterr().err.strip(), file

    return run


def test_the_highest_version_is_written(house, cast, quick_pdf, run):
    second = correct(publish(house.kuocang, cast), cast)
    status, said, file = run()
    assert (status, said) == (0, "")
    assert file.read_bytes() == second.read_pdf()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"community": "nowhere"}, "没有代号为“nowhere”的社区，请检查 --community。"),
        ({"month": "2026-13"}, "月份“2026-13”不正确，请写成 2026-10 这样的年月。"),
        ({"month": "去年"}, "月份“去年”不正确，请写成 2026-10 这样的年月。"),
        ({"month": "2026-09"}, "括苍社区2026年9月没有已公开的版本。"),
        ({"community": "xizhigou"}, "西直沟社区2026年10月没有已公开的版本。"),
    ],
)
def test_what_does_not_exist_gets_a_sentence_and_no_file(house, cast, quick_pdf, run, given, sentence):
    publish(house.kuocang, cast)
    status, said, file = run(**given)
    assert (status, said) == (2, sentence)
    assert not file.exists()


def test_a_draft_is_no_published_version(house, cast, run):
    write_draft(house.kuocang, cast["staff"])
    assert run()[0] == 2


def test_a_place_that_cannot_be_written_gets_a_sentence(house, cast, quick_pdf, run, tmp_path):
    publish(house.kuocang, cast)
    status, said, _ = run(output="no/such/folder/out.pdf")
    assert status == 2
    assert said.startswith("不能写入 ")


def test_a_folder_as_output_leaves_nothing_behind(house, cast, quick_pdf, run, tmp_path):
    publish(house.kuocang, cast)
    (tmp_path / "taken").mkdir()
    status, said, _ = run(output="taken")
    assert (status, said.startswith("不能写入 ")) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["media", "taken"]
