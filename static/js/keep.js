// Text typed into a form with data-keep outlives an expired session or a lost page, in this tab only.
// A page with data-keep-done="<path>" says that the form at that path was saved or given up; signing out
// forgets everything.
"use strict";
{
  const key = `keep:${location.pathname}`;
  const never = ["csrfmiddlewaretoken", "token"];
  const fields = (form) => [...form.elements].filter((f) => f.name && !never.includes(f.name) && f.type !== "password");

  for (const done of document.querySelectorAll("[data-keep-done]")) sessionStorage.removeItem(`keep:${done.dataset.keepDone}`);
  for (const form of document.querySelectorAll("form[action$='/logout/']")) form.addEventListener("submit", () => sessionStorage.clear());

  const form = document.querySelector("form[data-keep]");
  const kept = form && JSON.parse(sessionStorage.getItem(key) || "null");
  if (kept && fields(form).some((f) => f.type !== "hidden" && f.name in kept && f.value !== kept[f.name])) {
    // The hidden versions come along: what others saved meanwhile is found by the server, as ever.
    for (const field of fields(form)) if (field.name in kept) field.value = kept[field.name];
    document.getElementById("kept").hidden = false;
  }
  if (form) {
    form.addEventListener("input", () => {
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields(form).map((f) => [f.name, f.value]))));
    });
  }
}
