"""Phones of building heads (楼道长手机) and party members: print slips and revoke phones in the office; bind and sign in on the phone."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from community.accounts.slips import SlipPage, qr_of
from community.phones import actions
from community.phones.forms import NewPinForm, PinForm, SlipsForm
from community.phones.heads import Head, heads_of
from community.phones.models import Phone
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.url_spaces import HEAD_PATH, MEMBER_PATH
from portal.access.views import needs
from portal.accounts.sessions import PHONE, begin
from portal.form_pages.pages import ActionPage

STATES = {"unbound": "未绑定", "printed": "已发绑定单", "bound": "已绑定"}


# In the office. Who may appoint heads may also issue their phones: access follows from the appointment.


def _list_url(request) -> str:
    return reverse("community:phone_list", kwargs={"community": request.community.code})


@needs(P.PLACES_EDIT)
def phone_list(request):
    """Current heads with the state of their phones."""
    words, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    everybody = heads_of(request.community)
    heads = [head for head in everybody if _matches(head, words, state)]
    context = {
        "heads": heads,
        "bound": sum(head.bound is not None for head in everybody),
        "count": len(everybody),
        "query": words,
        "state": state,
        "states": STATES.items(),
    }
    return render(request, "community/phones/list.html", context)


def _matches(head: Head, words: str, state: str) -> bool:
    if words and words not in head.name and not any(words in place.name for place in head.places):
        return False
    is_so = {"bound": head.bound, "printed": head.printed, "unbound": not head.bound}
    return bool(is_so.get(state, True))


class PhoneSlips(SlipPage):
    """Confirm for all selected heads, then show their slips; missing accounts are created."""

    permission = P.PLACES_EDIT
    form_class = SlipsForm
    template_name = "community/phones/confirm.html"
    title, button = "打印绑定单", "打印绑定单"

    def load(self):
        self.back = _list_url(self.request)
        self.heads = heads_of(self.request.community)
        keys = (self.request.POST if self.request.method == "POST" else self.request.GET).getlist("row")
        self.chosen = [head for head in self.heads if head.key in keys]
        if not self.chosen:
            messages.warning(self.request, "请先勾选要打印绑定单的楼道长。")
            return redirect(self.back)
        return None

    def form_arguments(self) -> dict:
        chosen = [head.key for head in self.chosen]
        return {"request": self.request, "heads": self.heads, "initial": {"row": chosen}}

    def extra_context(self, form) -> dict:
        return {"chosen": self.chosen}

    def perform(self, form) -> str:
        community, by = self.request.community, self.request.user
        self.slip = [actions.issue_slip(head=head, community=community, by=by) for head in self.chosen]
        return self.back

    def respond(self, url: str):
        """The slips, in the response to the POST that issued them: links are shown only once."""
        slips = [(slip, *qr_of("community:phone_bind", slip.token)) for slip in self.slip]
        return render(self.request, "community/phones/slips.html", {"slips": slips, "back": url})


class PhoneEnd(ActionPage):
    """Revoke a lost phone in one click."""

    permission = P.PLACES_EDIT

    def load(self, phone):
        phones = rows(Phone, self.request.access, self.permission, self.request.community)
        self.phone = get_object_or_404(phones.select_related("user"), pk=phone)
        self.back = _list_url(self.request)

    def perform(self) -> str:
        name = self.phone.user.name
        if actions.end_phone(phone=self.phone, by=self.request.user):
            state = "手机绑定已解除，立即生效" if self.phone.bound_at else "绑定单已作废"
            self.message = f"{name}的{state}。"
        else:
            self.message = f"{name}的这部手机此前已解除。"
        return self.back


# On the phone, outside the scope


@login_not_required
def phone_bind(request, token):
    """Bind this phone by a slip's link. Only by POST, so that link previews do not use it up."""
    try:
        slip = actions.find_slip(token)
    except actions.PhoneNotValid as over:
        return _redirect_if_bound(request, over.phone) or _over_page(request, over)
    form = NewPinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            phone, secret = actions.bind_phone(token=token, pin=form.cleaned_data["pin"])
        except actions.PhoneNotValid as over:
            return _over_page(request, over)
        messages.success(request, "这部手机已绑定，请记住刚才设置的密码。")
        return _sign_in_by_phone(request, phone, secret, phone.paths[0])
    context = {"form": form, "slip": slip}
    return render(request, "community/phones/bind.html", context, status=422 if form.errors else 200)


def _redirect_if_bound(request, phone: Phone | None):
    """Redirect to the PIN page if this browser is already bound by the same slip."""
    secret = request.COOKIES.get(settings.PHONE_COOKIE_NAME)
    try:
        if secret and phone and actions.find_phone(secret) == phone:
            return redirect("community:phone_pin")
    except actions.PhoneNotValid:
        pass
    return None


@login_not_required
def phone_pin(request):
    """Sign-in by the PIN of a bound phone."""
    next_url = request.POST.get("next") or request.GET.get("next", "")
    is_phone_page = next_url.startswith((HEAD_PATH, MEMBER_PATH))
    if not (is_phone_page and url_has_allowed_host_and_scheme(next_url, allowed_hosts=None)):
        next_url = ""
    secret = request.COOKIES.get(settings.PHONE_COOKIE_NAME, "")
    form = PinForm(request.POST if request.method == "POST" else None)
    try:
        phone = actions.find_phone(secret)
        if request.method == "POST" and form.is_valid():
            phone = actions.open_phone(secret=secret, pin=form.cleaned_data["pin"])
            return _sign_in_by_phone(request, phone, secret, next_url or phone.paths[0])
    except actions.PhoneNotValid as over:
        answer = _over_page(request, over)
        if not (over.phone and over.phone.is_open):  # may serve again tomorrow
            answer.delete_cookie(settings.PHONE_COOKIE_NAME, samesite="Lax")
        return answer
    except actions.WrongPin as wrong:
        form.add_error("pin", str(wrong))
    context = {"form": form, "phone": phone, "next": next_url}
    return render(request, "community/phones/pin.html", context, status=422 if form.errors else 200)


@require_POST
def phone_leave(request, phone):
    """Revoke one of the user's own phones."""
    row = get_object_or_404(request.user.bound_phones(), pk=phone)
    actions.end_phone(phone=row, by=request.user)
    messages.success(request, "手机绑定已解除。")
    return redirect("portal:sessions")


def _sign_in_by_phone(request, phone: Phone, secret: str, next_url: str):
    """Start a session of this phone; `portal.access.user_access` limits its permissions."""
    login(request, phone.user, backend="django.contrib.auth.backends.ModelBackend")
    begin(request)
    request.session[PHONE] = phone.pk
    answer = redirect(next_url)
    answer.set_cookie(
        settings.PHONE_COOKIE_NAME,
        secret,
        max_age=actions.DAYS * 24 * 3600,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _over_page(request, over: actions.PhoneNotValid):
    community = over.phone.community if over.phone else None
    context = {"sentence": str(over), "place": community}
    return render(request, "community/phones/not_valid.html", context, status=403 if community else 200)
