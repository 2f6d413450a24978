"""Sign-in, sign-out, own password and sessions. These pages (`/accounts/`) run outside the scope, as the runtime login."""

import time

from django import forms
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from portal.accounts.passwords import PasswordRulesMixin
from portal.accounts.recent_password import check_own_password
from portal.accounts.sessions import begin, end_session, own_sessions
from portal.forms.forms import ErrorPlacementMixin
from portal.hooks.registry import Hook, call_hooks


class LoginForm(ErrorPlacementMixin, AuthenticationForm):
    """Same message for a wrong name and a wrong password."""

    error_messages = {
        "invalid_login": "用户名或密码不正确，请检查后重试。连续五次不正确将锁定十五分钟。",
        "inactive": "用户名或密码不正确，请检查后重试。连续五次不正确将锁定十五分钟。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"class": "form-control", "autocomplete": "username"}
        self.fields["password"].widget.attrs |= {"class": "form-control", "autocomplete": "current-password"}


class LoginView(views.LoginView):
    """Sign-in page; in a demo it lists the demo accounts."""

    template_name = "portal/accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        return super().get_context_data(demo_accounts=list(call_hooks(Hook.DEMO_ACCOUNTS)), **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        begin(self.request)
        self.request.session["password_at"] = int(time.time())
        for sentence in self.request.user.take_link_notifications():
            messages.warning(self.request, sentence)
        return response


class LogoutView(views.LogoutView):
    """Sign-out, POST only; the sign-in page confirms it, since public pages are the same for everybody."""

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        messages.success(request, "已退出登录。")
        return response


class OwnPasswordForm(PasswordRulesMixin, PasswordChangeForm):
    """Password change; the old password has the rate limits of sign-in."""

    request = None

    def clean_old_password(self):
        password = self.cleaned_data["old_password"]
        if not check_own_password(self.request, password):
            raise forms.ValidationError("原密码不正确，请重新输入。连续五次不正确将锁定十五分钟。")
        return password


class PasswordChangeView(views.PasswordChangeView):
    template_name = "portal/accounts/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("community:home")

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.request = self.request
        return form

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form):
        response = super().form_valid(form)
        messages.success(self.request, "密码已修改，其他地方的登录已失效。")
        return response


def sessions(request):
    """Sessions of the user, bound phones, and used sign-up links; other sessions can be ended here."""
    user = request.user
    context = {
        "sessions": own_sessions(request),
        "phones": user.bound_phones(),
        "links": user.links_used(),
    }
    return render(request, "portal/accounts/sessions.html", context)


@require_POST
def session_end(request, session):
    if end_session(request, session):
        messages.success(request, "已结束该登录。")
    else:
        messages.warning(request, "该登录已经结束。")
    return redirect("portal:sessions")
