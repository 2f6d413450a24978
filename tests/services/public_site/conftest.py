"""What anybody sends: the public form, and the page of a tracking code."""

import re

import pytest

from services.requests.models import Request

FORM = "/p/kuocang/requests/new/"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def ticket(page: str) -> str:
    return re.search(r'name="ticket" value="([^"]+)"', page)[1]


@pytest.fixture
def send(client):
    """Send a request as somebody does who opens the form and fills it in; the answer."""

    def send(fields: dict | None = None, **more):
        page = client.get(FORM).content.decode()
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        return client.post(FORM, hidden | {"text": "楼下路灯不亮"} | (fields or {}) | more)

    return send


@pytest.fixture
def sent(send):
    """A request and its tracking code."""

    def sent(**fields) -> tuple[Request, str]:
        answer = send(**fields)
        code = re.search(r'class="secret">([^<]+)<', answer.content.decode())[1]
        return Request.objects.latest("pk"), code

    return sent


@pytest.fixture
def look(client):
    """Look a code up, or send an act with it: (status, page)."""

    def look(code: str, act: str = "", text: str = "", token: str = ""):
        data = (
            {"code": code} | ({"act": act, "text": text} if act else {}) | ({"token": token} if token else {})
        )
        answer = client.post("/track/", data)
        return answer.status_code, answer.content.decode()

    return look
