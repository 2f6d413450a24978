// The search box of the page head, which lists while somebody types, and the drawer of the menu on a phone.
"use strict";

const finder = document.getElementById("finder");
if (finder) {
  const { form } = finder;
  const box = document.getElementById("finder-box");
  const said = document.getElementById("finder-said");
  let timer;
  let request;
  let listed = null; // the words whose results stand in the box
  let from = null; // where the focus was before a stroke led here
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "finder-list",
  })) finder.setAttribute(name, value);

  const options = () => [...box.querySelectorAll("[role=option]")];
  const marked = () => box.querySelector("[aria-selected=true]");
  const mark = (option) => {
    marked()?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      finder.setAttribute("aria-activedescendant", option.id);
    } else finder.removeAttribute("aria-activedescendant");
  };
  const show = (open) => {
    box.hidden = !open;
    finder.setAttribute("aria-expanded", String(open && options().length > 0));
    if (!open) {
      mark(null);
      clearTimeout(timer);
      request?.abort();
    }
  };
  const ask = async () => {
    const words = finder.value;
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, signal: request.signal,
      });
      if (!answer.ok || answer.redirected) return; // the session has ended: sending the form leads on
      box.innerHTML = await answer.text();
    } catch {
      return; // asked anew meanwhile, or no connection
    }
    listed = words;
    mark(null);
    options().forEach((option, number) => { option.id = `finder-${number}`; });
    const note = box.querySelector(".box-note");
    said.textContent = note ? note.textContent : `${options().length}项`;
    show(form.contains(document.activeElement));
  };
  const askSoon = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(ask, delay);
  };

  finder.addEventListener("focus", () => askSoon(0));
  finder.addEventListener("input", () => askSoon(200));
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
  // A press on a result must not take the focus from the field first, which would close the box.
  box.addEventListener("mousedown", (event) => event.preventDefault());
  finder.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = options();
      event.preventDefault();
      if (box.hidden || !all.length) return void askSoon(0);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const now = all.indexOf(marked());
      mark(all[now < 0 ? (step > 0 ? 0 : all.length - 1) : (now + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      const hits = listed === finder.value ? box.querySelectorAll("[data-hit]") : [];
      const chosen = box.hidden ? null : marked() || (hits.length === 1 ? hits[0] : null);
      if (!chosen) return;
      event.preventDefault();
      chosen.click();
    } else if (event.key === "Escape") {
      event.preventDefault(); // the browser would empty the field
      if (!box.hidden) show(false);
      else if (from) from.focus();
      else finder.blur();
    }
  });

  document.addEventListener("keydown", (event) => {
    const isStroke = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const isChord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!isStroke && !isChord) return;
    if (isStroke && event.target.closest("input, select, textarea, [contenteditable]")) return;
    event.preventDefault();
    if (document.activeElement !== finder) from = document.activeElement === document.body ? null : document.activeElement;
    finder.focus();
    finder.select();
  });
}

// The drawer is open while the address ends in #menu, so that Back closes it and no script is needed for that.
const drawer = document.getElementById("menu");
const opener = document.querySelector(".drawer-open");
if (drawer && opener) {
  const isOpen = () => location.hash === "#menu";
  const close = () => {
    location.replace("#main");
    opener.focus();
  };
  window.addEventListener("hashchange", () => {
    if (isOpen()) drawer.querySelector("a").focus();
  });
  document.addEventListener("click", (event) => {
    if (isOpen() && event.target !== opener && !drawer.contains(event.target)) {
      event.preventDefault();
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) close();
  });
}
