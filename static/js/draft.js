// What is typed into a public form (data-draft, its fields data-keep) outlives a lost connection or a closed page, for a day and
// in this browser only. It is kept with the form's ticket: what did arrive and is sent again gets the same code.
// data-draft-sent: the form of this address has arrived. Photos are not kept.
"use strict";
{
  const key = `draft:${location.pathname}`;
  const lasting = 86_400_000;
  const form = document.querySelector("form[data-draft]");
  const fields = () => [...form.querySelectorAll("[data-keep]")];
  const isTick = (field) => field.type === "checkbox";
  const read = () => {
    const draft = JSON.parse(localStorage.getItem(key) || "null");
    return draft && Date.now() - draft.at < lasting ? draft.values : null;
  };
  const forget = () => localStorage.removeItem(key);

  if (document.querySelector("[data-draft-sent]")) forget();
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  if (form) {
    const notice = document.getElementById("draft");
    const typed = () => fields().some((field) => field.type !== "hidden" && (isTick(field) ? field.checked : field.value));
    const kept = read();
    // What the server answered into the form is newer than what was kept.
    if (kept && !typed()) {
      for (const field of fields()) {
        if (!(field.name in kept)) continue;
        if (isTick(field)) field.checked = kept[field.name];
        else field.value = kept[field.name];
      }
      notice.hidden = !typed();
    }
    notice.querySelector("button").addEventListener("click", () => {
      forget();
      location.reload();
    });
    form.addEventListener("input", () => {
      const values = Object.fromEntries(fields().map((field) => [field.name, isTick(field) ? field.checked : field.value]));
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
    });
  }
}
