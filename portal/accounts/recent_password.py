"""Re-authentication: dangerous actions ask for the password again unless it was entered in the last ten minutes."""

import time

from axes.utils import reset
from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from portal.forms.forms import PlainForm

RECENT_SECONDS = 600


def is_recent(request) -> bool:
    """Whether the password was entered in this session in the last ten minutes."""
    return time.time() - request.session.get("password_at", 0) < RECENT_SECONDS


def check_own_password(request, password: str) -> bool:
    """Whether this is the password of the request's user. Wrong attempts count as failed sign-ins.

    While the account is locked, `AxesMiddleware` replaces the response, also for the right password. Axes stores the
    data of a failed request, so it gets an empty one.
    """
    bare = HttpRequest()
    bare.META, bare.path, bare.path_info = request.META, request.path, request.path_info
    username = request.user.get_username()
    user = authenticate(bare, username=username, password=password)
    if user is not None:
        reset(ip=bare.axes_ip_address, username=username)
        return True
    request.axes_locked_out = getattr(bare, "axes_locked_out", False)
    request.axes_credentials = getattr(bare, "axes_credentials", None)
    return False


class RecentPasswordForm(PlainForm):
    """Base of forms for dangerous actions: asks for the password unless it was entered recently."""

    password = forms.CharField(
        label="登录密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请再次输入登录密码。"},
        help_text="为确认是本人操作",
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        if is_recent(request):
            del self.fields["password"]

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not check_own_password(self.request, password):
            raise forms.ValidationError("密码不正确，请重新输入。连续五次不正确将锁定十五分钟。")
        self.request.session["password_at"] = int(time.time())
        return password


class ReasonForm(RecentPasswordForm):
    """Form that asks for the reason of an action for the access log."""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        help_text="会记入查阅记录，居民有权查看",
        error_messages={"required": "请写明理由。"},
    )
    field_order = ("reason", "password")
