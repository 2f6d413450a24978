// What is typed into a form with data-keep outlives an expired session or a lost page, in this tab only.
// A page with data-keep-done="<path>" says that the forms at and below that path were saved or given up;
// data-keep-newer says that the page answers a copy into the form; signing out forgets everything. Certificate numbers are never kept.
"use strict";
{
  const key = `keep:${location.pathname}${location.search}`;
  const never = ["csrfmiddlewaretoken", "token", "id_number", "id_sealed"];
  const fields = (form) => [...form.elements].filter((f) => f.name && !never.includes(f.name) && !["password", "submit"].includes(f.type));
  const ticked = (f) => f.type === "radio" || f.type === "checkbox";
  const nameOf = (f) => (ticked(f) ? `${f.name}=${f.value}` : f.name);
  const valueOf = (f) => (ticked(f) ? f.checked : f.value);

  for (const done of document.querySelectorAll("[data-keep-done]")) {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(`keep:${done.dataset.keepDone}`)) sessionStorage.removeItem(name);
  }
  for (const form of document.querySelectorAll("form[action$='/logout/']")) form.addEventListener("submit", () => sessionStorage.clear());

  const form = document.querySelector("form[data-keep]");
  const kept = form && JSON.parse(sessionStorage.getItem(key) || "null");
  const keep = () => sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields(form).map((f) => [nameOf(f), valueOf(f)]))));
  // The server has just put more text beside what was typed: the page is newer than what was kept.
  if (form && "keepNewer" in form.dataset) keep();
  else if (kept && fields(form).some((f) => f.type !== "hidden" && nameOf(f) in kept && valueOf(f) !== kept[nameOf(f)])) {
    // The hidden versions come along: what others saved meanwhile is found by the server, as ever.
    for (const field of fields(form)) {
      if (!(nameOf(field) in kept)) continue;
      if (ticked(field)) field.checked = kept[nameOf(field)];
      else field.value = kept[nameOf(field)];
    }
    document.getElementById("kept").hidden = false;
  }
  if (form) form.addEventListener("input", keep);
}
