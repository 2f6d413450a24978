"""A form that is checked on a page of its own, as a browser sends it."""


def to_check(client, url: str, data: dict):
    """Send the form; its check page."""
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.content.decode()
    assert "step=check" in answer.url
    page = client.get(answer.url)
    assert page.status_code == 200, page.content.decode()
    return page


def confirm(client, check, follow=False, **fields):
    """Press the button of the check page, whose own fields are filled with `fields`."""
    data = {"token": check.context["form"]["token"].value(), "step": "confirm"} | fields
    return client.post(check.wsgi_request.get_full_path(), data, follow=follow)
