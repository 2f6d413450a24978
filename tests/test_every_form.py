"""Every form of every page, and every address, with what nobody should have sent."""

import time
import pytest
from django.test import Client
from tests.test_matrix import TABLE, ANYBODY, SIGNED_IN
from tests.walker import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.logs_errors]
RANK = ("director", "civil", "staff", "health", "supervisor", "head", "street", "admin")


def opener(name):
    allowed = TABLE[name]
    if allowed in (ANYBODY, SIGNED_IN):
        return "director"
    return next(w for w in RANK if w in allowed)


@pytest.mark.parametrize("who", RANK)
def test_x(cast, addresses, who):
    c = Client(raise_request_exception=False)
    c.force_login(cast[who])
    w = Walk(c)
    import collections
    from tests.walker import view_of

    kinds = collections.Counter()
    urls = []
    for name, _, url in addresses:
        if opener(name) != who:
            continue
        kinds[view_of(url)] += 1
        if kinds[view_of(url)] <= 3 or name.endswith(("_list", "_create", "_edit")):
            urls.append(url)
    import tests.walker as W

    old = W.Walk._send

    def send(self, form):
        t = time.process_time()
        t2 = time.time()
        old(self, form)
        print(f"TIME {time.process_time() - t:.2f} {time.time() - t2:.1f} {form.url}", flush=True)

    W.Walk._send = send
    t = time.process_time()
    for url in urls:
        w.open(url)
    print(who, "open", len(urls), time.process_time() - t)
    t = time.process_time()
    for url in urls:
        w.query(url)
    print("query", len(w.parameters), time.process_time() - t)
    t = time.process_time()
    n = len(w.forms)
    w.send()
    import collections

    print(collections.Counter(k[0] for k in w.forms).most_common(8))
    print("send", n, len(w.forms), time.process_time() - t, w.statuses)
    t = time.process_time()
    for f in w.faults:
        print(f)
