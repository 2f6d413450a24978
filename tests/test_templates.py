"""Every template compiles, and none contains what the content security policy forbids."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from tests.loops import for_each

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
HALF_WIDTH = re.compile(r"[一-龥][,;:?!](?=[一-龥\s<]|$)|[一-龥]\([一-龥]")


@for_each(TEMPLATES)
def test_template_compiles(name):
    get_template(name)


@for_each(TEMPLATES)
def test_template_has_no_inline_script_or_style(name):
    text = (ROOT / name).read_text("utf-8")
    if not Path(name).name.startswith("print") and not name.startswith("print/"):
        assert not re.search(r"\sstyle=", text)
        assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+=", text)


@for_each(TEMPLATES)
def test_chinese_has_chinese_punctuation(name):
    text = re.sub(r"\{#.*?#\}", "", (ROOT / name).read_text("utf-8"))
    assert not HALF_WIDTH.findall(text)


def _sentences(path: Path):
    """String constants of a module except docstrings, with their lines."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


@pytest.mark.parametrize("app", ["portal", "community", "residents", "services"])
def test_code_has_chinese_punctuation(app):
    wrong = [
        f"{path.relative_to(ROOT.parent)}:{line}: {text}"
        for path in (ROOT.parent / app).rglob("*.py")
        for line, text in _sentences(path)
        if re.search(r"[一-龥][,;:?!](?=[一-龥\s<]|$)", text)
        and "(?:" not in text  # a pattern, not a sentence
    ]
    assert wrong == []


def test_every_form_that_posts_has_its_token():
    wrong = []
    for name in TEMPLATES:
        text = (ROOT / name).read_text("utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            if "csrf_token" not in form:
                wrong.append(name)
    assert wrong == []
