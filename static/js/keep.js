// What is typed into a form with data-keep outlives an expired session or a lost page.
// In the office it is kept in this tab only. On the phone pages, whose main part names the account, it is kept
// on the phone for seven days, so that a killed tab loses nothing, together with the form's token: what did
// arrive and is sent again is found by it.
// data-keep-done="<path>": the forms at and below that path were saved or given up. data-keep-sent="<token>":
// that form has arrived. data-keep-newer: the page answers a copy into the form, and is newer than what was kept.
// Signing out forgets everything. Certificate numbers and photos are never kept.
"use strict";
{
  const account = document.querySelector("main[data-account]")?.dataset.account;
  const store = account ? localStorage : sessionStorage;
  const prefix = account ? `keep:${account}:` : "keep:";
  const days = 7;
  const key = `${prefix}${location.pathname}${location.search}`;
  const never = ["csrfmiddlewaretoken", "id_number", "id_sealed", ...(account ? [] : ["token"])];
  const fields = (form) => [...form.elements].filter((f) => f.name && !never.includes(f.name) && !["password", "file", "submit"].includes(f.type));
  const ticked = (f) => f.type === "radio" || f.type === "checkbox";
  const nameOf = (f) => (ticked(f) ? `${f.name}=${f.value}` : f.name);
  const valueOf = (f) => (ticked(f) ? f.checked : f.value);
  const names = () => Object.keys(store).filter((name) => name.startsWith(prefix));
  const read = (name) => JSON.parse(store.getItem(name) || "null");
  const forget = (test) => names().filter((name) => test(name, read(name))).forEach((name) => store.removeItem(name));

  const restore = (form) => {
    const kept = read(key)?.values;
    if (!kept || !fields(form).some((f) => f.type !== "hidden" && nameOf(f) in kept && valueOf(f) !== kept[nameOf(f)])) return;
    // The hidden versions come along: what others saved meanwhile is found by the server, as ever.
    for (const field of fields(form)) {
      if (!(nameOf(field) in kept)) continue;
      if (ticked(field)) field.checked = kept[nameOf(field)];
      else field.value = kept[nameOf(field)];
    }
    document.getElementById("kept").hidden = false;
  };

  for (const done of document.querySelectorAll("[data-keep-done]")) forget((name) => name.startsWith(`${prefix}${done.dataset.keepDone}`));
  for (const sent of document.querySelectorAll("[data-keep-sent]")) forget((name, draft) => draft.values.token === sent.dataset.keepSent);
  forget((name, draft) => Date.now() - draft.at > days * 86_400_000);
  const keep = (form) => {
    const values = Object.fromEntries(fields(form).map((f) => [nameOf(f), valueOf(f)]));
    store.setItem(key, JSON.stringify({ at: Date.now(), title: form.dataset.keep, values }));
  };
  for (const form of document.querySelectorAll("form[data-keep]")) ("keepNewer" in form.dataset ? keep : restore)(form);

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (form) keep(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.action.endsWith("/logout/") || event.defaultPrevented) return;
    for (const place of [localStorage, sessionStorage]) {
      for (const name of Object.keys(place)) if (name.startsWith("keep:") || name.startsWith("taps:")) place.removeItem(name);
    }
  });
}
