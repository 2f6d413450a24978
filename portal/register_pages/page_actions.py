"""The buttons of a detail page: one main button or menu, and the rest under 更多."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.registers.panels import EDIT, Link

_CHANGED = "情况有变化时用"


@dataclass(frozen=True, slots=True)
class Menu:
    """Links behind one button."""

    label: str
    links: tuple[Link, ...]
    primary: bool = False


@dataclass(frozen=True, slots=True)
class PageActions:
    """What the page of a row offers. Without links of their own to show, the form of the row is the main button."""

    main: tuple[Link | Menu, ...]
    more: tuple[Link | Menu, ...]

    @classmethod
    def of(cls, links: Iterable[Link], edit_url: str) -> "PageActions":
        """Sort the links of a row by their groups; `edit_url` is empty for who may not change the row."""
        groups: dict[str, list[Link]] = {}
        main: list[Link | Menu] = []
        more: list[Link | Menu] = []
        for link in links:
            if link.group:
                groups.setdefault(link.group, []).append(link)
            else:
                (main if link.primary else more).append(link)
        edit = _edit_choice(edit_url, groups.pop(EDIT, []))
        menus = [_button(label, group) for label, group in groups.items()]
        main = menus + main
        if edit and not main:
            main = [edit if isinstance(edit, Menu) else Link(edit.label, edit.url, primary=True)]
        elif edit:
            more.insert(0, edit)
        return cls(tuple(main), tuple(more))


def _button(label: str, links: list[Link]) -> Link | Menu:
    """A menu, or the link itself where it would be the only one."""
    if len(links) == 1:
        return Link(links[0].label, links[0].url, primary=True)
    return Menu(label, tuple(links), primary=True)


def _edit_choice(edit_url: str, others: list[Link]) -> Link | Menu | None:
    """修改: the form of the row; where there are other ways to change it, the entry that asks which."""
    if not others:
        return Link("修改", edit_url) if edit_url else None
    form = [Link("修改资料", edit_url, hint=_CHANGED)] if edit_url else []
    return Menu(EDIT, (*form, *others))
