// The little script there is: suggestions of pick fields, menus that close, confirmations.
"use strict";

// The CSRF token of htmx requests, from the page's own form.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});

// A pick field suggests while typing; the server resolves the text in any case. No datalist: a browser hides
// those suggestions in which the typed letters do not stand, as initials never do.
let pickCount = 0;
for (const input of document.querySelectorAll("input[data-pick-url]")) {
  const list = document.createElement("ul");
  Object.assign(list, { id: `pick-${(pickCount += 1)}`, className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "可选项");
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);
  let timer;
  let asked = "";
  const options = () => [...list.children];
  const marked = () => list.querySelector("[aria-selected=true]");
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) mark(null);
  };
  const mark = (option) => {
    marked()?.removeAttribute("aria-selected");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else input.removeAttribute("aria-activedescendant");
  };
  const take = (option) => {
    input.value = option.dataset.label;
    show(false);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asked = input.value;
      if (!asked.trim()) return show(false);
      const answer = await fetch(`${input.dataset.pickUrl}?q=${encodeURIComponent(asked)}`, { headers: { "HX-Request": "true" } });
      if (!answer.ok || input.value !== asked) return;
      list.innerHTML = await answer.text();
      options().forEach((option, number) => { option.id = `${list.id}-${number}`; });
      show(list.childElementCount > 0 && document.activeElement === input);
    }, 250);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = options();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = all.indexOf(marked());
      mark(all[from < 0 ? (step > 0 ? 0 : all.length - 1) : (from + step + all.length) % all.length]);
      event.preventDefault();
    } else if (event.key === "Enter" && marked()) {
      take(marked());
      event.preventDefault();
    } else if (event.key === "Escape") show(false);
  });
  // Before the field loses the focus, which closes the list.
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault();
    if (option) take(option);
  });
  input.addEventListener("blur", () => show(false));
}

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
