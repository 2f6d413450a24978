// The little script there is: suggestions of pick fields, menus that close, confirmations.
"use strict";

// The CSRF token of htmx requests, from the page's own form.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});

// A pick field asks for suggestions while typing; the server resolves the text in any case.
let pickCount = 0;
for (const input of document.querySelectorAll("input[data-pick-url]")) {
  const list = document.createElement("datalist");
  list.id = `pick-${(pickCount += 1)}`;
  input.after(list);
  input.setAttribute("list", list.id);
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (!input.value.trim()) return;
      const answer = await fetch(`${input.dataset.pickUrl}?q=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true" } });
      if (answer.ok) list.innerHTML = await answer.text();
    }, 250);
  });
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

// A stroke leads to the search box from anywhere but a field.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("finder");
  if (event.key !== "/" || !box || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// What a reveal page shows is gone after its time.
for (const shown of document.querySelectorAll("[data-hide-after]")) {
  setTimeout(() => { shown.textContent = shown.dataset.hidden || ""; }, Number(shown.dataset.hideAfter) * 1000);
}
