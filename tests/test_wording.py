"""Wording of the whole portal: 您, two forms of a date, and acts by their own names; pages of later apps are looked at as well."""

import ast
import re
from pathlib import Path

from django.conf import settings

from portal.registers.registry import all_registers
from tests.loops import for_each

ROOT = Path(settings.BASE_DIR)
APPS = ("portal", "community", "residents", "partybuilding", "services", "security")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))

DAYS = {"Y-m-d", "Y-m-d H:i", "Y年n月j日", "Y年n月j日 H:i", "Y年n月j日 l", "H:i"}
"""Days and moments: in tables, and in sentences (on the pages of today with the weekday); the time of today."""
MONTHS = {"Y年n月", "Y年", "n月", "Y-m"}
FOR_MACHINES = {"c"}
DATE_FILTER = re.compile(r"""(?:date:|\bnow\s+)["']([^"']*)["']""")
CELL_IN_PROSE = re.compile(r'<t[dh][^>]*>(?:\{%[^%]*%\})?\{\{[^}]*date:"Y年n月j日[^}]*\}\}')
DATE_IN_CODE = re.compile(r"%-?m月|%-?m/%-?d")
PARTS_IN_CODE = re.compile(r"\.day\}日")


OTHER_NAMES = {
    r"(?<!数据库)角色": "岗位",
    "登记人员|修改人员|删除人员": "居民",
    "高龄老人": "老年人",
    "健在核实": "生存认证",
    "可享受待遇提示": "待遇与到期提醒",
    "生成开通单": "重发开通单",
    "一定有数字录错": "校验码不符",
    "[KMG]iB": "KB, MB, GB",
}
"""Pattern of a second name → the name that the portal has for the thing."""
OTHER_OFFICES = {
    "portal/access/table_grants.py",
    "portal/backup/backup.py",
    "residents/care/import_references.py",
    "residents/care/registers/elder.py",
    "residents/form_filling/fields.py",
}
"""Where the names of others are used: roles of the database, sizes for operators, headers of files and forms."""


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _strings(path: Path):
    """The texts of a module except docstrings: (line, text), f-strings as they are written."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def _texts(path: Path) -> list[str]:
    return [text for _, text in _strings(path)] if path.suffix == ".py" else [path.read_text("utf-8")]


@for_each([*TEMPLATES, *SCRIPTS, *MODULES], name=_name)
def test_users_are_addressed_politely(path):
    assert not [text for text in _texts(path) if "你" in text]


@for_each([*TEMPLATES, *SCRIPTS, *MODULES], name=_name)
def test_a_thing_has_one_name(path):
    if _name(path) not in OTHER_OFFICES:
        texts = _texts(path)
        assert not [
            better for other, better in OTHER_NAMES.items() if any(re.search(other, t) for t in texts)
        ]


@for_each(TEMPLATES, name=_name)
def test_dates_of_pages_have_two_forms(path):
    text = path.read_text("utf-8")
    assert set(DATE_FILTER.findall(text)) <= DAYS | MONTHS | FOR_MACHINES
    assert not CELL_IN_PROSE.findall(text)


@for_each(MODULES, name=_name)
def test_dates_of_sentences_come_from_one_place(path):
    """`portal.values.dates` and `portal.values.months` write them; a day of this year is due without its year in 待办."""
    if path.parent != ROOT / "portal" / "values" and _name(path) != "portal/todo/todo.py":
        assert not [
            text for _, text in _strings(path) if DATE_IN_CODE.search(text) or PARTS_IN_CODE.search(text)
        ]


@for_each([register for register in all_registers() if register.edit], name=lambda register: register.label)
def test_adding_a_row_is_called_as_the_office_calls_it(register):
    """任命楼道长, 新增低保户: 登记 and the noun of the table would often be no act that anybody knows."""
    assert register.create_label
    assert "任免" not in register.create_label
