"""Every form of every page, and every address, with what nobody should have sent."""
import time, collections
import pytest
from django.test import Client
from tests.test_matrix import TABLE, ANYBODY, SIGNED_IN
from tests import walker

pytestmark = [pytest.mark.django_db, pytest.mark.logs_errors]
RANK = ("director","civil","staff","health","supervisor","head","street","admin")
def opener(name):
    allowed = TABLE[name]
    if allowed in (ANYBODY, SIGNED_IN):
        return "director"
    return next(w for w in RANK if w in allowed)

def test_x(cast, addresses):
    clients = {}
    t=time.time(); stats=collections.Counter()
    forms={}; names={}; faults=[]
    for name, route, url in addresses:
        who = opener(name)
        c = clients.get(who)
        if c is None:
            c = clients[who] = Client(raise_request_exception=False); c.force_login(cast[who])
        with walker.asked_names() as asked:
            a = walker.ask(c,"get",url)
        names[url]=(c, sorted(asked), name)
        if a.changed: faults.append(("GET",name,"changed",a.changed))
        if a.response.status_code>=500: faults.append(("GET",name,url,walker._reason(a.response)))
        stats[a.response.status_code]+=1
        d=walker.parse(a.response)
        if d is not None and a.response.status_code==200:
            for f in walker.forms_of(d,url):
                if f.method=="post" and f.key not in forms: forms[f.key]=(c,f,name)
    print("GET", time.time()-t, stats, len(forms)); t=time.time()
    n=0
    for url,(c,asked,name) in names.items():
        a=walker.ask(c,"get",url,walker.junk_query([*asked,"zzz"],0)); n+=1
        if a.changed: faults.append(("GETJ",name,"changed",a.changed))
        if a.response.status_code>=500: faults.append(("GETJ",name,asked,walker._reason(a.response)))
    print("JUNK", time.time()-t, n); t=time.time(); n=0
    for c,f,name in forms.values():
        for word,data in walker.fillings(f):
            a=walker.ask(c,"post",f.url,data); n+=1
            for x in walker.faults_of(a,f,data): faults.append(("POST",name,f.url,word,x))
    print("POST", time.time()-t, n)
    print(len(faults))
    for x in faults: print(x)
