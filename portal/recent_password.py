"""Dangerous acts ask for the password again, unless it was given in the last ten minutes."""

import time

from axes.utils import reset
from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from portal.forms import PlainForm

RECENT_SECONDS = 600


def is_recent(request) -> bool:
    """Whether this session's password was given in the last ten minutes."""
    return time.time() - request.session.get("password_at", 0) < RECENT_SECONDS


def check_own_password(request, password: str) -> bool:
    """Whether this is the password of the user of the request. Wrong tries count as failed sign-ins.

    After the last one, and while the lock lasts also for the right password, `AxesMiddleware` answers with the page
    that says so, whatever the view does. Axes keeps what a failed request had sent, so it gets one without contents.
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
    """Base of forms before dangerous acts: asks for the password where it was not given recently."""

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
    """Why a secret is to be seen."""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        help_text="会记入查阅记录，居民有权查看",
        error_messages={"required": "请写明理由。"},
    )
    field_order = ("reason", "password")
