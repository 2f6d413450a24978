"""Pages of saved lists (常用名单): overview, create, edit, delete; and the base view that applies a saved list."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property

from portal.access.permissions import Permission
from portal.access.views import require
from portal.form_pages.addresses import DRAFT, STEP
from portal.form_pages.pages import FormPage
from portal.forms.forms import RowForm
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from portal.registers import preferences
from portal.registers.column_choice import ColumnChoice
from portal.registers.filters import BESIDE, FilteredList, ListRequest, conditions
from portal.registers.registers import Register
from portal.registers.registry import get_register
from portal.registers.views import RegisterView
from portal.saved_lists import saved_lists
from portal.saved_lists.models import SavedList


class SavedListForm(RowForm):
    """Name, sharing, sort, and positions of the columns; the filters come from the list."""

    class Meta:
        model = SavedList
        fields = ("name", "shared", "sort", "query")
        widgets = {"query": forms.HiddenInput}
        help_texts = {"name": "例如“80岁以上老人”", "shared": "同事也能打开和导出，只看到各自有权看的列"}

    def __init__(self, *args, register: Register, query: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.register = register
        if not register.shares_lists:
            self.fields["shared"].disabled = True
            self.fields["shared"].widget = forms.HiddenInput()
        self.initial["query"] = query
        words = {column.name: register.label_of(column) for column in register.columns}
        allowed = register.sorts_for(self.access, self.community)
        sorts = [(order.name, order.label) for order in register.orders]
        sorts += [(f"{sign}{name}", f"{words[name]}（{how}）") for name in allowed for sign, how in _WAYS]
        if (present_sort := self.instance.sort) and present_sort not in dict(sorts):
            # A colleague's list may be sorted by a column that this user may not see: keep that sort.
            sorts.append((present_sort, "名单原来的排序"))
        self.fields["sort"] = forms.ChoiceField(
            label="排序", choices=[("", "台账原来的顺序"), *sorts], required=False
        )
        data = self.data if self.is_bound else None
        self.choice = ColumnChoice(register, self.access, self.community, self.instance.columns, data)

    def clean_query(self):
        """The canonical query of valid, non-empty filters."""
        request = ListRequest(QueryDict(self.cleaned_data["query"]), self.access, self.community)
        if is_secret_only(request.GET.get("q", "")):
            raise forms.ValidationError(ID_NUMBER_NOT_IN_URL)
        listing = FilteredList(self.register, request)
        if listing.problem:
            raise forms.ValidationError(f"{listing.problem}，请回到列表重新设置条件。")
        return conditions(listing.form, request.GET)

    def clean(self):
        cleaned = super().clean()
        if self.choice.problem:
            raise forms.ValidationError(self.choice.problem)
        # Keep columns of a colleague's list that this user may not see.
        hidden = [name for name in self.instance.columns if name not in self.choice.known]
        self.instance.columns = [*self.choice.names, *hidden]
        return cleaned

    @property
    def words(self) -> str:
        """The filters to be saved, in words."""
        request = ListRequest(QueryDict(self["query"].value() or ""), self.access, self.community)
        listing = FilteredList(self.register, request)
        return listing.problem or listing.words


_WAYS = (("", "升序"), ("-", "降序"))


class SavedListView(RegisterView):
    """Base of list, export and ledger: columns as the opened saved list has them, else as the user prefers."""

    @cached_property
    def saved_lists(self) -> list[SavedList]:
        """The saved lists of this register that the user may open."""
        return list(saved_lists.usable_lists(self.request.access, self.request.community, self.register))

    @cached_property
    def saved(self) -> SavedList | None:
        """The saved list of the URL parameter `saved`; it determines the columns."""
        uuid = self.request.GET.get("saved")
        return next((each for each in self.saved_lists if str(each.uuid) == uuid), None) if uuid else None

    def columns(self, part: str):
        """The columns of a part (`listed`, `exported`) by the saved list or else the user's preference."""
        access, community = self.request.access, self.request.community
        if self.saved:
            return saved_lists.columns_of(self.saved, access, community, part)
        return preferences.chosen_columns(self.register, self.preference, access, community, part)


def saved_lists_context(view: SavedListView, form) -> dict:
    """Context of saved lists on a register's list page: all of them, the opened one, and the URL to save a new one."""
    request, saved = view.request, view.saved
    access, community = request.access, request.community
    context = {
        # Asked for by the open menu only.
        "all": SimpleLazyObject(
            lambda: [(each, saved_lists.list_url(each, community)) for each in view.saved_lists]
        ),
        "saved": saved,
        "may_save": saved_lists.may_save_lists(access, community),
        "create_url": _create_url(view.register, community),
    }
    if saved is None:
        return context
    return context | {
        "is_changed": saved_lists.is_changed(saved, form, request.GET),
        "hidden": saved_lists.hidden_columns(saved, access, community),
        "may_change": saved_lists.may_change(saved, access, community),
    }


def overview(request):
    """All saved lists this user may open, by register; row counts are loaded separately."""
    access, community = request.access, request.community
    lists = list(saved_lists.usable_lists(access, community))
    users = get_user_model()._default_manager.in_bulk(
        {key for saved in lists for key in (saved.user_id, saved.changed_by)}
    )
    groups: dict[str, list[dict]] = {}
    for saved in lists:
        groups.setdefault(get_register(saved.register).heading, []).append(_line(request, saved, users))
    return render(request, "portal/saved_lists/overview.html", {"groups": groups})


def _line(request, saved: SavedList, users: dict) -> dict:
    access, community = request.access, request.community
    register = get_register(saved.register)
    try:
        words, problem = saved_lists.words_of(saved, access, community), ""
    except saved_lists.InvalidSavedList as invalid:
        words, problem = "", str(invalid)
    columns = saved_lists.columns_of(saved, access, community, "listed")
    export = register.export_right and access.can(register.export_right, community)
    actions = ("list", "export", "ledger") if export else ("list",)
    return {
        "saved": saved,
        "words": words,
        "problem": problem,
        "columns": [register.label_of(column) for column in columns],
        "hidden": saved_lists.hidden_columns(saved, access, community),
        "owner": users.get(saved.user_id),
        "changed_by": users.get(saved.changed_by),
        "urls": {action: saved_lists.list_url(saved, community, action) for action in actions},
        "may_change": saved_lists.may_change(saved, access, community),
    }


def count(request, saved):
    """Row count of a list, as a table cell for htmx."""
    saved_list = _get_list(request, saved)
    if not request.htmx:
        return redirect(saved_lists.list_url(saved_list, request.community))
    try:
        number = saved_lists.rows_of(saved_list, request.access, request.community).count()
    except saved_lists.InvalidSavedList:
        number = None
    return render(request, "portal/saved_lists/count.html", {"number": number})


class SavedListPage(FormPage):
    """Base: name, columns, sort and sharing of a list, for the filters of `query`."""

    permission = None  # asked of the register by `load`
    template_name = "portal/saved_lists/form.html"
    form_class = SavedListForm
    saved: SavedList
    register: Register

    @cached_property
    def query(self) -> QueryDict:
        """The list's query in the address."""
        query = self.request.GET.copy()
        for name in (DRAFT, STEP):
            query.pop(name, None)
        return query

    @property
    def conditions(self) -> str:
        return self.query.urlencode()

    def form_arguments(self) -> dict:
        conditions = QueryDict(self.conditions, mutable=True)
        for name in BESIDE:
            conditions.pop(name, None)
        return {
            "instance": self.saved,
            "register": self.register,
            "query": conditions.urlencode(),
            "access": self.request.access,
            "community": self.request.community,
        }

    def extra_context(self, form) -> dict:
        list_url = self.register.url("list", self.request.community)
        return {"register": self.register, "list_url": list_url, "condition": form.words}


class SavedListCreate(SavedListPage):
    """Save the filters in the URL as a named list."""

    def load(self, app, noun):
        request = self.request
        self.register = register = _register(request, f"{app}:{noun}")
        if not saved_lists.may_save_lists(request.access, request.community):
            require(request, Permission.LISTS_SHARED)
        user_id = request.user.pk
        self.saved = SavedList(user_id=user_id, changed_by=user_id, register=register.label)
        self.saved.columns, self.saved.sort = _present_columns(request, register), self.query.get("sort", "")
        self.back = f"{register.url('list', request.community)}?{self.conditions}"

    def perform(self, form) -> str:
        saved = form.save()
        self.message = f"已存为常用名单“{saved}”。"
        return saved_lists.list_url(saved, self.request.community)


class SavedListEdit(SavedListPage):
    """Edit name, columns, sort and sharing; also the filters if the URL has others."""

    @property
    def title(self) -> str:
        return f"常用名单“{self.saved}”"

    def load(self, saved):
        self.saved = _get_changeable(self.request, saved)
        self.register = get_register(self.saved.register)
        self.saved.changed_by = self.request.user.pk
        if self.query:
            self.saved.sort = self.query.get("sort", "")
        self.back = reverse("portal:saved_lists", args=[self.request.community.code])

    @property
    def conditions(self) -> str:
        return self.query.urlencode() or self.saved.query

    def perform(self, form) -> str:
        self.message = f"常用名单“{form.save()}”已修改。"
        return self.back

    def extra_context(self, form) -> dict:
        return super().extra_context(form) | {"saved": self.saved}


def delete(request, saved):
    """Deletion after confirmation, which warns if the list is shared."""
    saved_list = _get_changeable(request, saved)
    if request.method != "POST":
        return render(request, "portal/saved_lists/delete.html", {"saved": saved_list})
    saved_list.delete()
    messages.success(request, f"已删除常用名单“{saved_list}”。")
    return redirect("portal:saved_lists", community=request.community.code)


def _get_list(request, saved) -> SavedList:
    """An own or shared list; 403 if this user may not see its register."""
    saved_list = get_object_or_404(saved_lists.lists_usable_by(request.user, request.community), uuid=saved)
    _register(request, saved_list.register)
    return saved_list


def _register(request, label: str) -> Register:
    """The register of a list; requires its view right."""
    try:
        register = get_register(label)
    except KeyError as unknown:
        raise Http404 from unknown
    require(request, register.view)
    return register


def _get_changeable(request, saved) -> SavedList:
    saved_list = _get_list(request, saved)
    if not saved_lists.may_change(saved_list, request.access, request.community):
        require(request, Permission.LISTS_SHARED)
    return saved_list


def _present_columns(request, register: Register) -> list[str]:
    """Columns for a new list: those of the saved list it was opened from, else the user's preference."""
    opened = next(
        (
            each
            for each in saved_lists.usable_lists(request.access, request.community, register)
            if str(each.uuid) == request.GET.get("saved")
        ),
        None,
    )
    return opened.columns if opened else preferences.preference_of(request.user.pk, register).columns


def _create_url(register: Register, community) -> str:
    kwargs = {"community": community.code, "app": register.app, "noun": register.noun}
    return reverse("portal:saved_create", kwargs=kwargs)
