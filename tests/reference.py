"""The tables of settings and commands in docs/operating.md and docs/operating.zh.md, generated from the code.

`python -m tests.reference` (`make docs`) writes them; `tests/test_docs.py` fails when they are out of date.
"""

import argparse
import importlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from portal.launch.variables import VARIABLES

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- written by `make docs` -->", "<!-- end of what `make docs` writes -->"
TITLES = {
    "operating.md": ("| variable | default | meaning |", "| command | does |"),
    "operating.zh.md": ("| 变量 | 默认 | 含义 |", "| 命令 | 作用 |"),
}


def written(name: str) -> str:
    """Text of the document with up-to-date tables."""
    text = (ROOT / "docs" / name).read_text("utf-8")
    parts = re.split(f"(?<={re.escape(BEGIN)})|(?={re.escape(END)})", text)
    settings_before, _, between, _, after = parts
    settings_title, commands_title = TITLES[name]
    is_chinese = name == "operating.zh.md"
    settings = "\n".join((settings_title, "| --- | --- | --- |", *_settings(is_chinese)))
    commands = "\n".join((commands_title, "| --- | --- |", *_commands(is_chinese)))
    return f"{settings_before}\n\n{settings}\n\n{between}\n\n{commands}\n\n{after}"


def _settings(is_chinese: bool) -> Iterator[str]:
    for variable in VARIABLES:
        default = f"`{variable.default}`" if variable.default else ""
        yield f"| `{variable.name}` | {default} | {variable.chinese if is_chinese else variable.meaning} |"


def _commands(is_chinese: bool) -> Iterator[str]:
    """A row for each command of our own: usage, what it does, and in Chinese what its arguments mean."""
    for path in sorted(ROOT.glob("*/management/commands/[a-z]*.py"), key=lambda path: path.stem):
        module = importlib.import_module(f"{path.parts[-4]}.management.commands.{path.stem}")
        command = module.Command()
        parser = command.create_parser("", "")
        arguments = _own_arguments(command, parser)
        usage = " ".join([path.stem, *_usage(arguments, parser)])
        if is_chinese:
            helps = [f"`{_name(argument)}` {argument.help}" for argument in arguments]
            text = "<br>".join([command.help, *helps])
        else:
            text = _summary(module.__doc__)
        yield f"| `{usage}` | {text} |"


def _own_arguments(command, parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Arguments that the command itself adds, not those it inherits."""
    inherited = {action.dest for action in type(command).__bases__[0]().create_parser("", "")._actions}
    return [action for action in parser._actions if action.dest not in inherited]


def _usage(arguments: list[argparse.Action], parser: argparse.ArgumentParser) -> Iterator[str]:
    shown = set()
    for argument in arguments:
        group = next((g for g in parser._mutually_exclusive_groups if argument in g._group_actions), None)
        if argument in shown:
            continue
        if group:
            shown |= set(group._group_actions)
            choices = " \\| ".join(map(_name, group._group_actions))  # escaped for the table
            yield f"({choices})"
        else:
            yield _name(argument) if argument.required else f"[{_name(argument)}]"


def _name(argument: argparse.Action) -> str:
    flag = argument.option_strings[-1] if argument.option_strings else ""
    value = "" if argument.nargs == 0 else argument.metavar or argument.dest.upper()
    return f"{flag} {value}".strip()


def _summary(docstring: str) -> str:
    """First sentence of a module's docstring, without the usage in front of it."""
    summary = re.sub(r"^`manage\.py [^`]*`: ", "", docstring.partition("\n\n")[0].strip())
    return summary.removesuffix(".")


def main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    for name in TITLES:
        (ROOT / "docs" / name).write_text(written(name), "utf-8")


if __name__ == "__main__":
    main()
