"""A walker over all pages: what is on a form, what somebody may send instead, and what must come back.

Nothing here knows a page. Fields are taken from the page as it is shown, parameters of an address from what the view
asks for, so a new noun is walked without being named.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.db import connection, transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from lxml import html

EMPTY = ""
JUNK = "1-1-1-1-1-1-1-1-1-1<i>？？'\""
LONG = "长" * 5000
WIDE = "１２３４５６７８９０"
NUL = "张\0三"
HUGE = "99999999999999999999"
NEGATIVE = "-1"
FAR = "9999-12-31"
KINDS = (JUNK, LONG, WIDE, NUL, HUGE, NEGATIVE, FAR)

BOOKKEEPING = frozenset(
    {
        "portal_accesslog",
        "portal_ratecounter",
        "portal_listpreference",
        "django_session",
        "axes_accessattempt",
        "axes_accessattemptexpiration",
        "axes_accessfailurelog",
        "axes_accesslog",
    }
)
"""Tables that a refused request may write: who looked at what, how often, and how somebody likes a list."""

_TYPED = {"text", "search", "tel", "number", "date", "time", "email", "url", "textarea", "month"}
_CHOSEN = {"select", "radio", "checkbox"}


@dataclass(slots=True)
class Control:
    """A field of a form: its kind, the value that it shows, and what may be chosen."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)

    @property
    def is_typed(self) -> bool:
        return self.kind in _TYPED


@dataclass(slots=True)
class Form:
    """A form of a page and where it is sent."""

    url: str
    method: str
    controls: list[Control]

    @property
    def key(self) -> tuple:
        """The same form on another page is sent once."""
        return self.url, self.method, tuple((c.name, c.kind) for c in self.controls)


def parse(answer: HttpResponse):
    """The document of an answer; None where it is no page."""
    is_page = answer.get("Content-Type", "").startswith("text/html") and not answer.streaming
    text = answer.content.decode().replace("\0", "") if is_page else ""
    return html.document_fromstring(text) if text.strip() else None


def forms_of(document, url: str) -> list[Form]:
    """The forms of a page, in their order."""
    found = []
    for form in document.iter("form"):
        inside = list(form.iter("input", "select", "textarea", "button"))
        if form.get("id"):
            inside += document.xpath("//*[@name][@form=$id]", id=form.get("id"))
        controls: dict[str, Control] = {}
        for element in inside:
            _add_control(controls, element)
        address = urljoin(url, form.get("action") or url)
        found.append(Form(address, (form.get("method") or "get").lower(), list(controls.values())))
    return found


def _add_control(controls: dict[str, Control], element) -> None:
    name = element.get("name")
    if not name or name == "csrfmiddlewaretoken" or element.get("disabled") is not None:
        return
    kind = element.tag if element.tag in ("select", "textarea", "button") else element.get("type", "text")
    control = controls.setdefault(name, Control(name, kind))
    if element.tag == "select":
        control.options += [option.get("value", "") for option in element.iter("option")]
        control.value = next((o.get("value", "") for o in element.iter("option") if "selected" in o.attrib), "")
    elif kind in ("radio", "checkbox", "button", "submit"):
        control.options.append(element.get("value", "on"))
        if "checked" in element.attrib:
            control.value = element.get("value", "on")
    else:
        control.value = (element.text or "") if kind == "textarea" else element.get("value", "")


# What is sent


def fillings(form: Form, kinds=KINDS, *, thorough: bool = False) -> Iterator[tuple[str, dict]]:
    """What is sent instead of a well-filled form, each with a word for it."""
    yield "empty", _filled(form, lambda number: EMPTY, chosen=None)
    yield "full-width, choices right", _filled(form, lambda number: WIDE, chosen=True)
    yield "as shown, hidden junk", _filled(form, None, chosen=True, hidden=JUNK)
    for turn in range(len(kinds)) if thorough else (0, len(kinds) // 2):
        for chosen in (True, False) if thorough else (turn == 0,):
            yield (
                f"turn {turn}, choices {'right' if chosen else 'wrong'}",
                _filled(
                    form, lambda number, turn=turn: kinds[(number + turn) % len(kinds)], chosen=chosen, button=turn
                ),
            )
    if thorough:
        for number, control in enumerate(form.controls):
            if control.is_typed:
                for kind in kinds:
                    data = _filled(form, None, chosen=True) | {control.name: kind}
                    yield f"only {control.name}: {kind[:12]!r}, field {number}", data


def _filled(form: Form, typed, *, chosen: bool | None, hidden: str | None = None, button: int = 0) -> dict:
    """Data of a form. typed(number) is written into fields; chosen: a right choice, a wrong one, or none."""
    data, number = {}, 0
    for control in form.controls:
        if control.kind == "hidden":
            data[control.name] = control.value if hidden is None else hidden
        elif control.kind in ("button", "submit"):
            data[control.name] = control.options[button % len(control.options)]
        elif control.kind in _CHOSEN:
            right = control.value or next((option for option in control.options if option), "")
            if chosen is not None:
                data[control.name] = right if chosen else JUNK
        elif control.is_typed or control.kind == "password":
            data[control.name] = typed(number) if typed else control.value
            number += 1
    return data


def junk_query(names: list[str], turn: int, kinds=KINDS) -> dict[str, str]:
    """A value for each parameter of an address, another kind for each."""
    without_nul = [kind for kind in kinds if "\0" not in kind]
    return {name: without_nul[(number + turn) % len(without_nul)] for number, name in enumerate(names)}


@contextmanager
def asked_names() -> Iterator[set[str]]:
    """The names that views ask a request for, while it is open."""
    names: set[str] = set()

    def recording(method):
        def ask(data, key, *rest):
            if isinstance(key, str):
                names.add(key)
            return method(data, key, *rest)

        return ask

    methods = ("__getitem__", "getlist", "__contains__")
    before = {name: QueryDict.__dict__.get(name) for name in methods}
    for name in methods:
        setattr(QueryDict, name, recording(getattr(QueryDict, name)))
    try:
        yield names
    finally:
        for name, method in before.items():
            if method is None:
                delattr(QueryDict, name)
            else:
                setattr(QueryDict, name, method)
        names.discard("csrfmiddlewaretoken")


# What must come back


@dataclass(slots=True)
class Answer:
    """What came of one request, after which everything was rolled back."""

    response: HttpResponse
    changed: set[str]
    """Tables whose rows were others afterwards."""


def ask(client: Client, method: str, url: str, data: dict | None = None) -> Answer:
    """Send a request, see which tables it changed, and roll it back."""
    before = _writes()
    try:
        with transaction.atomic():
            response = getattr(client, method)(url, data or {})
            if response.streaming:
                list(response)
            now = _writes()
            written = {table for table, number in now.items() if number != before.get(table, 0)} - BOOKKEEPING
            sums = _sums(written)
            raise _RolledBack
    except _RolledBack:
        return Answer(response, {table for table, value in _sums(written).items() if value != sums[table]})


class _RolledBack(Exception):
    """Takes back what a request wrote."""


def _writes() -> dict[str, int]:
    """Table → rows written in this transaction, also those that were taken back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def _sums(tables: set[str]) -> dict[str, tuple]:
    with connection.cursor() as cursor:
        sums = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{table}" AS t')
            sums[table] = cursor.fetchone()
        return sums


def faults_of(answer: Answer, form: Form, data: dict) -> list[str]:
    """What is wrong with the answer to a form that was sent."""
    response = answer.response
    status, document = response.status_code, parse(response)
    if status >= 500:
        return [f"{status}: {_reason(response)}"]
    if status in (302, 403, 404, 405):
        return []
    if status == 200:
        return ["200 for a refused form"] if document is not None and field_errors(document) else []
    faults = [f"{status} and changed {sorted(answer.changed)}"] if answer.changed else []
    if document is None:
        return faults
    lost = [control.name for control in form.controls if _is_lost(control, data, document)]
    if lost:
        faults.append(f"{status} and lost what was typed: {lost}")
    if not field_errors(document) and not alerts(document):
        faults.append(f"{status} without a sentence")
    return faults


def _is_lost(control: Control, data: dict, document) -> bool:
    """Whether a text that was typed does not stand on the page any more."""
    typed = data.get(control.name, "").replace("\0", "").strip() if control.is_typed else ""
    return bool(typed) and typed not in _texts(document)


def _texts(document) -> str:
    values = document.xpath("//input/@value") + [element.text or "" for element in document.iter("textarea")]
    return "\n".join([*values, document.text_content()])


def field_errors(document) -> list[str]:
    """The sentences that stand at fields."""
    return [e.text_content().strip() for e in document.find_class("invalid-feedback") if e.text_content().strip()]


def alerts(document) -> list[str]:
    """The sentences above forms."""
    found = document.find_class("alert-danger") + document.find_class("alert-warning")
    return [text for element in found if (text := element.text_content().strip())]


def _reason(response) -> str:
    problem = getattr(response, "exc_info", None)
    return f"{problem[0].__name__}: {str(problem[1])[:160]}" if problem else ""


def path_of(url: str) -> str:
    """An address without its query."""
    return urlsplit(url).path
