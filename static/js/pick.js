// A pick field suggests while typing; the server resolves the text in any case. No datalist: a browser hides those
// suggestions in which the typed letters do not stand, as initials never do.
"use strict";
{
  let count = 0;

  const equip = (input) => {
    if (input.dataset.pickList) return;
    const list = document.createElement("ul");
    Object.assign(list, { id: `pick-${(count += 1)}`, className: "suggestions", hidden: true });
    input.dataset.pickList = list.id;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "可选项");
    input.after(list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) input.setAttribute(name, value);

    let timer;
    const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
    const marked = () => list.querySelector("[aria-selected=true]");
    const mark = (option) => {
      marked()?.removeAttribute("aria-selected");
      if (option) {
        option.setAttribute("aria-selected", "true");
        option.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", option.id);
      } else input.removeAttribute("aria-activedescendant");
    };
    const show = (open) => {
      list.hidden = !open;
      input.setAttribute("aria-expanded", String(open));
      if (!open) mark(null);
    };
    const ask = async () => {
      const asked = input.value;
      if (!asked.trim()) return show(false);
      const answer = await fetch(`${input.dataset.pickUrl}?q=${encodeURIComponent(asked)}`, { headers: { "HX-Request": "true" } });
      // Of a session that ended nothing is shown: what was typed is kept when the form is sent.
      if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect") || input.value !== asked) return;
      list.innerHTML = await answer.text();
      if (!("pickNew" in input.dataset)) list.querySelector("[data-open]")?.remove();
      [...list.children].forEach((option, number) => { option.id = `${list.id}-${number}`; });
      show(list.childElementCount > 0 && document.activeElement === input);
    };
    const take = (option) => {
      show(false);
      if (option.dataset.open) {
        window.open(option.dataset.open, "_blank", "noopener");
        // Whoever comes back finds what was registered meanwhile.
        document.addEventListener("visibilitychange", function again() {
          if (document.hidden) return;
          document.removeEventListener("visibilitychange", again);
          ask();
        });
        return;
      }
      input.value = option.dataset.label;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 250);
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) {
        if (event.key === "ArrowDown" && input.value.trim()) {
          ask();
          event.preventDefault();
        }
        return;
      }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const all = options();
        const step = event.key === "ArrowDown" ? 1 : -1;
        const from = all.indexOf(marked());
        mark(all[from < 0 ? (step > 0 ? 0 : all.length - 1) : (from + step + all.length) % all.length]);
        event.preventDefault();
      } else if (event.key === "Enter" && marked()) {
        take(marked());
        event.preventDefault();
      } else if (event.key === "Escape") {
        show(false);
        event.preventDefault();
      }
    });
    // Before the field loses the focus, which closes the list.
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]:not([aria-disabled])");
      event.preventDefault();
      if (option) take(option);
    });
    input.addEventListener("blur", () => show(false));
  };

  for (const input of document.querySelectorAll("input[data-pick-url]")) equip(input);
  // Of a row that was added to the page later.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("input[data-pick-url]")) equip(event.target);
  });
}
