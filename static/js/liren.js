// The script of every page: menus that close, ticks of a list, printing.
"use strict";

// The CSRF token of htmx requests, from the page's own form.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});

// An open menu closes when something else is clicked, or with Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.dropdown-plain[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.dropdown-plain[open]")) menu.open = false;
});

// Ticks of a list: one box in the header for the whole page, and the button says how many are ticked.
const ticks = () => [...document.querySelectorAll("input[name=row][form=bulk]")];
const showTicks = () => {
  const button = document.querySelector("button[data-ticked]");
  if (!button) return;
  const count = ticks().filter((tick) => tick.checked).length;
  button.dataset.plain ||= button.textContent;
  button.textContent = count ? button.dataset.ticked.replace("#", count) : button.dataset.plain;
  const all = document.querySelector("[data-tick-all] input");
  if (all) {
    all.checked = count > 0 && count === ticks().length;
    all.indeterminate = count > 0 && !all.checked;
  }
};
const addTickAll = () => {
  const head = document.querySelector("[data-tick-all]");
  if (!head || head.querySelector("input")) return;
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", className: "form-check-input" });
  box.setAttribute("aria-label", head.dataset.tickAll);
  head.replaceChildren(box);
  showTicks();
};
addTickAll();
document.addEventListener("htmx:afterSettle", () => {
  addTickAll();
  // The results are new elements; a screen reader tells of changes only in one that was there before.
  const found = document.querySelector("#results .found");
  const announced = document.getElementById("announced");
  if (found && announced) announced.textContent = found.textContent;
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all] input")) for (const tick of ticks()) tick.checked = event.target.checked;
  if (event.target.matches("[data-tick-all] input, input[name=row][form=bulk]")) showTicks();
});

document.addEventListener("reset", () => setTimeout(showTicks));

// A button that prints the page; without script the browser's own menu does.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// What a reveal page shows is gone after its time.
for (const shown of document.querySelectorAll("[data-hide-after]")) {
  setTimeout(() => { shown.textContent = shown.dataset.hidden || ""; }, Number(shown.dataset.hideAfter) * 1000);
}

// A form that is checked on a page of its own: the browser's Back leads to the form as it was sent.
document.addEventListener("submit", (event) => {
  const { draft } = event.target.dataset;
  if (draft) history.replaceState(null, "", draft);
});
