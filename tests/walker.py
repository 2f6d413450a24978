"""Fuzzer over all pages: reads their forms, sends invalid input, and checks the answers.

It knows no page. Fields are taken from the page as shown, query parameters from what the view
asks for, so a new noun is walked without being named.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlencode, urljoin, urlsplit

from django.db import connection, transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import resolve
from lxml import html

EMPTY = ""
JUNK = "1-1-1-1-1-1-1-1-1-1<i>？？'\""
LONG = "长" * 5000
WIDE = "１２３４５６７８９０"
NUL = "张\0三"
HUGE = "99999999999999999999"
NEGATIVE = "-1"
FAR = "9999-12-31"
ALL = "*"
RIGHTS_BY_TASK = (JUNK, LONG, WIDE, NUL, HUGE, NEGATIVE, FAR)

BOOKKEEPING = frozenset(
    {
        "portal_accesslog",
        "portal_publicchange",
        "portal_ratecounter",
        "portal_listpreference",
        "portal_ownlinks",
        "portal_todocount",
        "django_session",
        "axes_accessattempt",
        "axes_accessattemptexpiration",
        "axes_accessfailurelog",
        "axes_accesslog",
    }
)
"""Tables that a refused request may write: who looked at what, how often, what somebody opened last, and how they like a list."""
PREFERENCES = frozenset({"portal_listpreference"})
"""What a list notes of how it is looked at; a form that stores it stores something."""

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
    is_shown: bool = True
    """Whether a page has it; else it is made of what a view asks for."""

    @property
    def is_search(self) -> bool:
        return any(control.name == "q" for control in self.controls)

    @property
    def key(self) -> tuple:
        """The same form of another row, or of another register, is sent once."""
        return view_of(self.url), tuple((c.name, c.kind) for c in self.controls)


@cache
def view_of(url: str):
    """The function or class that answers an address; registers share theirs."""
    view = resolve(urlsplit(url).path).func
    return getattr(view, "view_class", view)


def parse(answer: HttpResponse):
    """The document of an answer; None where it is no page."""
    is_page = answer.get("Content-Type", "").startswith("text/html") and not answer.streaming
    text = answer.content.decode().replace("\0", "") if is_page else ""
    return html.document_fromstring(text) if text.strip() else None


def forms_of(document, url: str) -> list[Form]:
    """The forms of a page, in their order."""
    forms = []
    for form in document.iter("form"):
        inside = list(form.iter("input", "select", "textarea", "button"))
        if form.get("id"):
            inside += document.xpath("//*[@name][@form=$id]", id=form.get("id"))
        controls: dict[str, Control] = {}
        for element in inside:
            _add_control(controls, element)
        address = urljoin(url, form.get("action") or url)
        forms.append(Form(address, (form.get("method") or "get").lower(), list(controls.values())))
    return forms


def _add_control(controls: dict[str, Control], element) -> None:
    name = element.get("name")
    if not name or name == "csrfmiddlewaretoken" or element.get("disabled") is not None:
        return
    kind = element.tag if element.tag in ("select", "textarea", "button") else element.get("type", "text")
    control = controls.setdefault(name, Control(name, kind))
    if element.tag == "select":
        control.options += [option.get("value", "") for option in element.iter("option")]
        control.value = next(
            (o.get("value", "") for o in element.iter("option") if "selected" in o.attrib), ""
        )
    elif kind in ("radio", "checkbox", "button", "submit"):
        control.options.append(element.get("value", "on"))
        if "checked" in element.attrib:
            control.value = element.get("value", "on")
    else:
        control.value = (element.text or "") if kind == "textarea" else element.get("value", "")


# Invalid submissions


def invalid_submissions(form: Form, *, thorough: bool = False) -> Iterator[tuple[str, dict]]:
    """Invalid submissions of a form, each with a label. Fields get different kinds of junk at once."""
    yield "empty", _filled(form, lambda number: EMPTY, chosen=None)
    if not form.is_shown and not thorough:
        yield "junk", _filled(form, lambda number: RIGHTS_BY_TASK[number % len(RIGHTS_BY_TASK)])
        return
    yield "full-width", _filled(form, lambda number: WIDE)
    yield "hidden junk", _filled(form, None, hidden=JUNK)
    for turn in range(len(RIGHTS_BY_TASK)) if thorough else (0, len(RIGHTS_BY_TASK) // 2):
        typed = [
            RIGHTS_BY_TASK[(number + turn) % len(RIGHTS_BY_TASK)] for number in range(len(form.controls))
        ]
        yield f"turn {turn}", _filled(form, typed.__getitem__, button=turn)
        if thorough or turn:
            yield f"turn {turn}, wrong choices", _filled(form, typed.__getitem__, chosen=JUNK, button=turn)
    for control in form.controls if thorough else ():
        if control.is_typed:
            for kind in RIGHTS_BY_TASK:
                yield f"{control.name} alone {kind[:12]!r}", _filled(form, None) | {control.name: kind}


def _filled(
    form: Form, typed, *, chosen: str | None = "", hidden: str | None = None, button: int = 0
) -> dict:
    """Data of a form. typed(number) is written into a field, instead of what it shows.

    chosen: a wrong choice; "" is a right one, None is none. hidden: instead of what hidden fields hold.
    """
    data, number = {}, 0
    for control in form.controls:
        if control.kind == "hidden":
            data[control.name] = control.value if hidden is None else hidden
        elif control.kind in ("button", "submit"):
            data[control.name] = control.options[button % len(control.options)]
        elif control.kind in _CHOSEN:
            right = control.value or next((option for option in control.options if option), "")
            if chosen is not None:
                data[control.name] = chosen or right
        elif control.is_typed or control.kind == "password":
            data[control.name] = typed(number) if typed else control.value
            number += 1
    return data


def junk_query(names: Iterable[str], turn: int) -> dict[str, str]:
    """A value for each parameter of an address, another kind for each; NUL is refused before all others."""
    kinds = [kind for kind in RIGHTS_BY_TASK if kind != NUL]
    return {name: kinds[(number + turn) % len(kinds)] for number, name in enumerate(sorted(names))}


@contextmanager
def recorded_parameters() -> Iterator[set[str]]:
    """The names for which views ask a request's data, while it is open; `ALL` where one takes them as they are."""
    names: set[str] = set()

    def recording(method):
        def ask(data, *key, **options):
            names.add(key[0] if key and isinstance(key[0], str) else ALL)
            return method(data, *key, **options)

        return ask

    methods = ("__getitem__", "getlist", "__contains__", "dict", "urlencode", "copy", "items", "lists")
    originals = {name: vars(QueryDict).get(name) for name in methods}
    for name in methods:
        setattr(QueryDict, name, recording(getattr(QueryDict, name)))
    try:
        yield names
    finally:
        for name, method in originals.items():
            if method is None:
                delattr(QueryDict, name)
            else:
                setattr(QueryDict, name, method)
        names.discard("csrfmiddlewaretoken")


# Checks of answers


@dataclass(slots=True)
class Answer:
    """Result of one request, after which everything was rolled back."""

    response: HttpResponse
    changed: set[str]
    """Tables whose rows were others afterwards."""


def ask(client: Client, method: str, url: str, data: dict | None = None) -> Answer:
    """Send a request, see which tables it changed, and roll it back; who signed out is signed in again."""
    before, cookies = _writes(), deepcopy(client.cookies)
    try:
        with transaction.atomic():
            response = getattr(client, method)(url, data or {})
            if response.streaming:
                list(response)
            now = _writes()
            written_tables = {table for table, number in now.items() if number != before.get(table, 0)} - (
                BOOKKEEPING if method == "get" else BOOKKEEPING - PREFERENCES
            )
            sums = _sums(written_tables)
            raise _RolledBack
    except _RolledBack:
        client.cookies = cookies
        return Answer(
            response, {table for table, value in _sums(written_tables).items() if value != sums[table]}
        )


class _RolledBack(Exception):
    """Takes back what a request wrote."""


def _writes() -> dict[str, int]:
    """Table → rows written in this transaction, also those that were taken back.

    As in pg_stat_xact_user_tables, in a third of its time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, written FROM pg_class, LATERAL (SELECT pg_stat_get_xact_tuples_inserted(oid)"
            " + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid) AS written) AS stat"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND written > 0"
        )
        return dict(cursor.fetchall())


def _sums(tables: set[str]) -> dict[str, tuple]:
    with connection.cursor() as cursor:
        sums = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{table}" AS t')
            sums[table] = cursor.fetchone()
        return sums


def problems_of(answer: Answer, form: Form, data: dict, *, is_stale: bool = False) -> list[str]:
    """Faults of the answer to a submission. One that `is_stale` may redirect to the current page."""
    response = answer.response
    typed = not is_stale and any(data.get(c.name, "").strip() for c in form.controls if c.is_typed)
    status, document = response.status_code, parse(response)
    if status >= 500:
        return [f"{status}: {_reason(response)}"]
    if status == 200 and document is not None and field_errors(document):
        return ["200 with a sentence at a field"]
    if status < 400:
        is_dropped = status == 302 and typed and form.is_shown and not answer.changed and not form.is_search
        return ["302 to nothing stored, what was typed is lost"] if is_dropped else []
    faults = [f"{status} and changed {sorted(answer.changed)}"] if answer.changed else []
    if document is None or not form.is_shown or status in (403, 404):
        return faults
    if lost := [control.name for control in form.controls if _is_lost(control, data, document)]:
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
    """The sentences that stand at fields: beside a field, in the element that holds both."""
    sentences = []
    for element in document.xpath("//form//*[@class]"):
        if not {"invalid-feedback", "invalid", "wrong"} & set(element.get("class").split()):
            continue
        around = element.xpath(
            "ancestor::*[self::div or self::fieldset or self::form or self::td][position()<3]"
        )
        is_at_field = any(
            parent.xpath(".//*[self::input or self::select or self::textarea][@name]") for parent in around
        )
        if is_at_field and (text := element.text_content().strip()):
            sentences.append(text)
    return sentences


def alerts(document) -> list[str]:
    """The sentences above forms; those of phone pages are notes."""
    alerts = [*document.find_class("alert-danger"), *document.find_class("note-error")]
    return [text for element in alerts if (text := element.text_content().strip())]


def _reason(response) -> str:
    problem = getattr(response, "exc_info", None)
    return f"{problem[0].__name__}: {str(problem[1])[:160]}" if problem else ""


# The walk


@dataclass(slots=True)
class Walk:
    """One user's way through pages: first as they are, then with junk in every parameter, then every form."""

    client: Client
    thorough: bool = False
    bookkeeping: Collection[str] = ()
    """Tables that opening a page may write."""
    faults: list[str] = field(default_factory=list)
    parameters: dict[str, set[str]] = field(default_factory=dict)
    forms: dict[tuple, Form] = field(default_factory=dict)
    statuses: Counter = field(default_factory=Counter)

    def open(self, url: str) -> None:
        """Look at a page: what it asks its address for, and which forms it has."""
        with recorded_parameters() as names:
            answer = self._get(url)
        if answer.response.status_code == 405:
            self._post_only(url)
            return
        forms = self._add_forms(answer.response, url)
        if ALL in names:
            names |= {control.name for form in forms for control in form.controls}
        if names:
            self.parameters[url] = {*names, "unknown"} - {ALL}

    def query(self, url: str) -> None:
        """Ask a page again with junk in each of its parameters."""
        names = self.parameters.get(url, ())
        for turn in range(len(RIGHTS_BY_TASK) - 1 if self.thorough else 1) if names else ():
            self._get(f"{url}?{urlencode(junk_query(names, turn))}")

    def send(self) -> None:
        """Send every form that was seen, and those that come back."""
        first = dict(self.forms)
        for form in first.values():
            self._send(form)
        for form in [form for key, form in self.forms.items() if key not in first]:
            self._send(form)

    def _send(self, form: Form) -> None:
        for word, data in invalid_submissions(form, thorough=self.thorough):
            answer = ask(self.client, "post", form.url, data)
            self.statuses[answer.response.status_code] += 1
            faults = problems_of(answer, form, data, is_stale=word == "hidden junk")
            self.faults += [f"POST {form.url} {word}: {fault}" for fault in faults]
            if answer.response.status_code == 200:
                self._add_forms(answer.response, form.url)

    def _get(self, url: str) -> Answer:
        answer = ask(self.client, "get", url)
        self.statuses[answer.response.status_code] += 1
        if answer.response.status_code >= 500:
            self.faults.append(f"GET {url[:300]}: {_reason(answer.response)}")
        if answer.changed - set(self.bookkeeping):
            self.faults.append(f"GET {url[:300]}: changed {sorted(answer.changed)}")
        return answer

    def _post_only(self, url: str) -> None:
        """A page that has no form of its own: what it asks for is sent all the same."""
        with recorded_parameters() as names:
            ask(self.client, "post", url)
        form = Form(url, "post", [Control(name, "text") for name in sorted(names - {ALL})], is_shown=False)
        self.forms.setdefault(form.key, form)

    def _add_forms(self, response: HttpResponse, url: str) -> list[Form]:
        document = parse(response) if response.status_code == 200 else None
        forms = forms_of(document, url) if document is not None else []
        for form in forms:
            if form.method == "post" and not form.url.endswith("/logout/"):
                self.forms.setdefault(form.key, form)
        return forms
