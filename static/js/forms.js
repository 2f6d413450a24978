// What every form does: asks before typed text is lost, leads to what was refused, and looks for doubles of a new row.
// A form counts as unsaved when a field differs from what the page was sent with, when it came back refused, or when a
// draft fills it. Not asked: searches, forms that keep.js keeps, sign-in, and the form that is being sent.
"use strict";
{
  const INVALID = "[aria-invalid=true], .is-invalid";
  const sent = new WeakSet();
  const shown = (field) => field.name && !["hidden", "submit", "button"].includes(field.type);
  // Ticks of a list belong to its form and stand outside of it.
  const fieldsOf = (form) => [...form.elements].filter((field) => shown(field) && form.contains(field));
  const changed = (field) => {
    if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    const options = [...field.options];
    const preselected = options.some((option) => option.defaultSelected);
    if (!preselected && !field.multiple) return field.selectedIndex > 0;
    return options.some((option) => option.selected !== option.defaultSelected);
  };
  const isAsked = (form) => form.method === "post" && !form.matches("[role=search], [data-keep]") && !form.querySelector("[type=password]");
  const isRefused = (form) => form.querySelector(`${INVALID}, .alert-danger`) !== null;
  const isFilledByDraft = new URLSearchParams(location.search).has("draft");
  const isUnsaved = (form) => {
    const fields = fieldsOf(form);
    return fields.length > 0 && (fields.some(changed) || isRefused(form) || isFilledByDraft);
  };

  window.addEventListener("beforeunload", (event) => {
    const forms = [...document.querySelectorAll("main form")];
    if (forms.some((form) => isAsked(form) && !sent.has(form) && isUnsaved(form))) event.preventDefault();
  });
  // On the window: other listeners may have prevented the submission.
  window.addEventListener("submit", (event) => { if (!event.defaultPrevented) sent.add(event.target); });
  document.addEventListener("input", (event) => { if (event.target.form) sent.delete(event.target.form); });

  const firstOf = (root) => [...root.querySelectorAll(INVALID)].filter((field) => field.matches("input, select, textarea") && shown(field));
  const labelOf = (field) => {
    const ofGroup = field.type === "radio" && field.closest("fieldset")?.querySelector("legend");
    return (ofGroup || field.labels?.[0])?.textContent.replace("*", "").trim() || "";
  };
  const errorOf = (field) => {
    const id = field.type === "radio" || field.type === "checkbox" ? field.id.replace(/_\d+$/, "") : field.id;
    const texts = document.getElementById(`${id}_error`)?.querySelectorAll("p, span") || [];
    return [...texts].map((text) => text.textContent.trim()).join("");
  };
  const listErrors = (form, fields) => {
    const list = document.createElement("ul");
    for (const field of fields) {
      const link = Object.assign(document.createElement("a"), { href: `#${field.id}` });
      link.textContent = [labelOf(field), errorOf(field)].filter(Boolean).join("：");
      link.addEventListener("click", (event) => { event.preventDefault(); field.focus(); });
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    const heading = Object.assign(document.createElement("p"), { textContent: `有${fields.length}处需要改正：` });
    const box = Object.assign(document.createElement("div"), { className: "alert alert-danger error-summary" });
    box.append(heading, list);
    form.prepend(box);
  };
  const leadToErrors = (root) => {
    const once = new Map();
    for (const field of firstOf(root)) if (!once.has(field.name)) once.set(field.name, field);
    const [first] = once.values();
    if (first) {
      // The phone pages say at the top that something is to be put right.
      const isPhone = first.closest("main")?.dataset.account;
      const ofForm = [...once.values()].filter((field) => field.form === first.form);
      if (first.form && ofForm.length > 1 && !isPhone) listErrors(first.form, ofForm);
      return first.focus();
    }
    const alert = root.querySelector("form .alert-block.alert-danger, form .alert-danger[role=alert]");
    if (!alert) return;
    alert.tabIndex = -1;
    alert.focus();
  };
  leadToErrors(document);
  document.addEventListener("htmx:afterSettle", (event) => leadToErrors(event.target));

  // The form of a new row asks for similar rows while it is typed; what was typed goes into no address. Fields asked alone
  // (certificate numbers) are asked once they are left, because each question counts as a search.
  for (const form of document.querySelectorAll("form[data-similar]")) {
    const together = form.dataset.similarBy.split(" ").filter(Boolean);
    const alone = form.dataset.similarAlone.split(" ").filter(Boolean);
    const box = Object.assign(document.createElement("div"), { className: "similar", hidden: true });
    box.setAttribute("role", "status");
    const parts = { together: document.createElement("div"), alone: document.createElement("div") };
    box.append(parts.together, parts.alone);
    form.append(box);
    const asked = {};
    const ask = async (part, names) => {
      const typed = new FormData();
      for (const name of names) typed.set(name, form.elements[name]?.value.trim() || "");
      const question = JSON.stringify([...typed]);
      if (question === asked[part]) return;
      asked[part] = question;
      let found = "";
      if ([...typed.values()].some(Boolean)) {
        const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
        const answer = await fetch(form.dataset.similar, { method: "POST", body: typed, headers: { "X-CSRFToken": token } }).catch(() => null);
        if (question !== asked[part]) return;
        if (answer?.ok && !answer.redirected) found = await answer.text();
      }
      parts[part].innerHTML = found;
      box.hidden = !box.textContent.trim();
    };
    let timer;
    form.addEventListener("input", (event) => {
      if (!together.includes(event.target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(() => ask("together", together), 400);
    });
    form.addEventListener("change", (event) => {
      if (alone.includes(event.target.name)) ask("alone", alone);
    });
  }
}
