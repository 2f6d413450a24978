"""The documents: up to date with the code, complete in themselves, and saying what the portal says."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from portal.launch.state import ROOT
from portal.launch.variables import VARIABLES
from tests import reference

SET_BY_US = {"LIREN_LOGIN", "DJANGO_SETTINGS_MODULE", "XDG_CACHE_HOME"}
"""Variables that the portal sets for its own processes; nobody else needs to know them."""
APPS = ("portal", "community", "residents", "partybuilding", "services", "security")
FOLDERS = (*APPS, "templates", "static", "tests", "docs", ".ci")
DOCUMENTS = [
    "README.md",
    "README.zh.md",
    "CHANGELOG.md",
    *sorted(f"docs/{p.name}" for p in Path(ROOT, "docs").glob("*.md")),
]
README_BYTES = 8_000
PICTURES_BYTES = 600_000
TEXT_SUFFIXES = {".py", ".md", ".sql", ".html", ".js", ".css", ".toml", ".txt", ""}


@cache
def tracked() -> tuple[Path, ...]:
    """Files of the repository: those at its top, and all below its folders; not what set-up and start make."""
    below = [path for folder in FOLDERS for path in Path(ROOT, folder).rglob("*")]
    return tuple(
        path
        for path in [*ROOT.iterdir(), *below]
        if path.is_file() and not {".git", "__pycache__"} & set(path.parts)
    )


@cache
def code_files() -> tuple[Path, ...]:
    return tuple(
        path for path in tracked() if path.relative_to(ROOT).parts[0] in (*APPS, "templates", "manage.py")
    )


# Settings and commands


@pytest.mark.parametrize("name", reference.TITLES)
def test_tables_of_settings_and_commands_are_up_to_date(name):
    text = Path(ROOT, "docs", name).read_text("utf-8")
    assert text == reference.written(name), "run `make docs`"


def _names_read(path: Path) -> set[str]:
    """Names of the environment variables that a module reads."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            source, key = ast.unparse(node.func.value), node.args[0]
        elif isinstance(node, ast.Subscript):
            source, key = ast.unparse(node.value), node.slice
        else:
            continue
        if (
            source in {"os.environ", "os", "env"}
            and isinstance(key, ast.Constant)
            and isinstance(key.value, str)
        ):
            names.add(key.value)
    return {name for name in names if re.fullmatch(r"[A-Z_]+", name)}


def test_every_variable_that_the_code_reads_is_documented():
    modules = [path for path in code_files() if path.suffix == ".py"]
    names = set().union(*map(_names_read, modules))
    documented = {variable.name for variable in VARIABLES}
    assert names - documented == SET_BY_US - {"XDG_CACHE_HOME"}
    sources = "".join(path.read_text("utf-8") for path in modules)
    assert [
        name for name in documented if f'"{name}"' not in sources.replace(f'Variable(\n        "{name}"', "")
    ] == []


def test_documented_defaults_are_those_of_the_code(monkeypatch):
    defaults = {variable.name: variable.default for variable in VARIABLES}
    monkeypatch.delenv("PORT", raising=False)
    assert defaults["LIREN_URL"].replace("$PORT", defaults["PORT"]) == "http://127.0.0.1:8000"
    assert settings.TRUSTED_PROXIES == ()
    assert defaults["LIREN_TRUSTED_PROXIES"] == ""


# Sentences


@cache
def _texts() -> dict[Path, str]:
    """What each file of the code can say: the text constants of a module, or a template as it is."""
    return {path: _constants(path) if path.suffix == ".py" else path.read_text("utf-8") for path in code_files()
            if path.suffix in {".py", ".html"}}  # fmt: skip


def _constants(path: Path) -> str:
    tree = ast.parse(path.read_text("utf-8"))
    return "\n".join(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _sentences(name: str) -> list[str]:
    """Sentences of the portal in the first column of the table of troubles."""
    text = Path(ROOT, "docs", name).read_text("utf-8")
    section = re.search(
        r"^## (?:Troubleshooting|出现提示时怎么办)$(.*?)^## ", text, re.MULTILINE | re.DOTALL
    )[1]
    cells = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]
    return [sentence for cell in cells[2:] if not cell.startswith("**") for sentence in cell.split("<br>")]


@pytest.mark.parametrize("name", reference.TITLES)
def test_sentences_to_look_up_are_those_of_the_portal(name):
    """`…` stands for what differs; the clauses of a sentence may stand apart in the same file."""
    sentences = _sentences(name)
    assert len(sentences) > 60
    missing = []
    for sentence in sentences:
        parts = [part.strip() for part in re.split("[…：，。；]", sentence)]
        if not any(all(part in text for part in parts) for text in _texts().values()):
            missing.append(sentence)
    assert missing == []


def test_both_handbooks_look_up_the_same_sentences():
    english, chinese = map(_sentences, reference.TITLES)
    assert english == chinese


# References


def test_no_file_names_a_document_outside_the_repository():
    names = {path.relative_to(ROOT).as_posix() for path in tracked()}
    known = names | {Path(name).name for name in names}
    missing = []
    for path in tracked():
        if path.suffix not in TEXT_SUFFIXES:
            continue
        text = path.read_text("utf-8")
        for match in re.finditer(r"[\w./-]*\b[\w-]+\.md\b", text):
            document = match[0].removeprefix("./").removeprefix("../")
            if document not in known:
                missing.append(f"{path.relative_to(ROOT)}: {document}")
        if re.search(r"/work/|\btraps?\.md|\(T\d+[,)]", text) and path != Path(__file__):
            missing.append(f"{path.relative_to(ROOT)}: a place outside")
    assert missing == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_of_a_document_lead_somewhere(name):
    document = Path(ROOT, name)
    text = document.read_text("utf-8")
    anchors = {_anchor(title) for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        if not file:
            broken += [target] if anchor not in anchors else []
        elif not file.startswith("https://") and not (document.parent / file).exists():
            broken.append(target)
    assert broken == []


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_paths_that_documents_name_exist():
    """Paths in `code` of the documents and decisions, where they begin with a folder of the repository."""
    folders = "|".join((*APPS, "tests", "templates", "static", "docs"))
    missing = []
    for document in (
        *DOCUMENTS,
        *(f"docs/decisions/{p.name}" for p in Path(ROOT, "docs/decisions").glob("*.md")),
    ):
        for path in re.findall(rf"`((?:{folders})/[\w./-]+)`", Path(ROOT, document).read_text("utf-8")):
            if not Path(ROOT, path).exists() and "bench" not in path:
                missing.append(f"{document}: {path}")
    assert missing == []


# README and pictures


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_is_short_and_shows_three_pictures(name):
    text = Path(ROOT, name).read_text("utf-8")
    assert len(text.encode()) <= README_BYTES
    assert len(re.findall(r"!\[[^\]]+\]\(docs/images/", text)) == 3


def test_pictures_are_small():
    pictures = list(Path(ROOT, "docs/images").iterdir())
    assert sum(path.stat().st_size for path in pictures) <= PICTURES_BYTES
    readme = Path(ROOT, "README.md").read_text("utf-8")
    assert [path.name for path in pictures if path.name not in readme] == []


# Decisions


def test_each_decision_has_its_parts_and_its_line():
    folder = Path(ROOT, "docs/decisions")
    index = (folder / "README.md").read_text("utf-8")
    wrong = []
    for path in sorted(folder.glob("[0-9]*.md")):
        text = path.read_text("utf-8")
        number = path.name[:4]
        if not re.match(rf"# {number}: \S", text):
            wrong.append(f"{path.name}: title")
        wrong += [
            f"{path.name}: {part}"
            for part in ("Context", "Decision", "Consequence")
            if f"**{part}.**" not in text
        ]
        if f"- [{number}]({path.name}) " not in index:
            wrong.append(f"{path.name}: no line in README.md")
    assert wrong == []


def test_decisions_that_are_cited_exist():
    numbers = {path.name[:4] for path in Path(ROOT, "docs/decisions").glob("[0-9]*.md")}
    cited = {
        f"{path.relative_to(ROOT)}: {number}"
        for path in tracked()
        if path.suffix in TEXT_SUFFIXES
        for number in re.findall(r"\bdecisions? (\d{4})\b", path.read_text("utf-8"))
        if number not in numbers
    }
    assert cited == set()
