// The list of a register by keyboard: arrows move through its rows, Enter opens one, Space ticks it. The row where one is
// is the only one that Tab stops at; so it is with the tools above the list and the headers that sort it.
"use strict";
{
  const main = document.getElementById("main");
  const rows = () => [...document.querySelectorAll(".cards tbody tr")];
  const controls = (row) => [...row.querySelectorAll("a, input, button")];
  const opener = (row) => row.querySelector("a");
  const tick = (row) => row.querySelector("input[name=row]");

  // The main part scrolls in both directions (list.css); it has to know how much of it is covered by what sticks.
  document.documentElement.classList.add("panes");
  const measure = () => {
    const head = document.querySelector(".results-head");
    if (!head) return;
    const labels = document.querySelectorAll(".cards thead th");
    const left = [...labels].slice(0, labels[0]?.matches(".pick") ? 2 : 1);
    const set = (name, pixels) => main.style.setProperty(name, `${pixels}px`);
    set("--list-head", head.offsetHeight);
    set("--list-top", head.offsetHeight + (labels[0]?.offsetHeight || 0));
    set("--list-left", left.reduce((sum, label) => sum + label.offsetWidth, 0));
  };
  const watch = new ResizeObserver(measure);

  // Of a group of controls, Tab stops only at the one used last.
  const stopAt = (group, one) => { for (const each of group) each.tabIndex = each === one ? 0 : -1; };
  let here = 0;
  const stopAtRow = (all) => {
    here = Math.max(0, Math.min(here, all.length - 1));
    all.forEach((row, number) => { for (const each of controls(row)) each.tabIndex = number === here ? 0 : -1; });
  };
  const goTo = (number, place = -1) => {
    const all = rows();
    if (!all.length) return;
    here = number;
    stopAtRow(all);
    (place < 0 ? opener(all[here]) : controls(all[here])[place] || opener(all[here])).focus();
  };

  const tools = () => [...document.querySelectorAll(".results-tools > a, .results-tools > details > summary")];
  const headers = () => [...document.querySelectorAll(".cards thead :is(a, input)")];
  const prepare = () => {
    document.querySelector(".results-tools")?.setAttribute("role", "toolbar");
    document.querySelector(".results-tools")?.setAttribute("aria-label", document.querySelector(".results-tools").dataset.toolbar);
    for (const group of [tools(), headers()]) stopAt(group, group[0]);
    stopAtRow(rows());
    watch.disconnect();
    const head = document.querySelector(".results-head");
    if (head) watch.observe(head);
    measure();
  };

  // Back leads to the row that was opened, and to what was in sight then.
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward" && history.state?.list;
  if (back) here = back.row;
  prepare();
  if (back) {
    main.scrollTo(back.left, back.top);
    if (back.isOpen) goTo(here);
  }
  addEventListener("pagehide", () => {
    const isOpen = document.activeElement.matches(".cards tbody a");
    history.replaceState({ ...history.state, list: { row: here, isOpen, left: main.scrollLeft, top: main.scrollTop } }, "");
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "results") return;
    here = 0;
    prepare();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest(".cards tbody tr");
    if (!row) return;
    const all = rows();
    here = all.indexOf(row);
    stopAtRow(all);
  });

  const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
  const stepOf = (event, back, on) => ({ [back]: -1, [on]: 1 })[event.key];
  // The neighbour in a row of controls, around its ends.
  const next = (group, from, step) => group[(from < 0 && step < 0 ? group.length - 1 : from + step + group.length) % group.length];
  const moveAlong = (event, group) => {
    const step = stepOf(event, "ArrowLeft", "ArrowRight");
    const from = group.indexOf(event.target);
    if (from < 0 || !step) return false;
    const to = next(group, from, step);
    stopAt(group, to);
    to.focus();
    return true;
  };
  const inMenu = (event) => {
    const menu = event.target.closest(".results-tools details");
    if (menu && event.key === "Escape") menu.querySelector("summary").focus();
    const step = stepOf(event, "ArrowUp", "ArrowDown");
    const lines = menu ? [...menu.querySelectorAll(":scope > ul > li :is(a, button)")] : [];
    if (!lines.length || !step) return false;
    menu.open = true;
    next(lines, lines.indexOf(event.target), step)?.focus();
    return true;
  };
  const inRows = (event) => {
    const row = event.target.closest(".cards tbody tr");
    if (!row) return false;
    const all = rows();
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) {
      if (to >= 0 && to < all.length) goTo(to, controls(row).indexOf(event.target));
      return true;
    }
    if (event.key !== " " || event.target.matches("input") || !tick(row)) return false;
    tick(row).click();
    return true;
  };
  // Pages are scrolled by these keys from anywhere but a field; here the main part is what scrolls.
  const scroll = (event) => {
    if (event.target !== document.body || main.scrollHeight === main.clientHeight) return false;
    const page = main.clientHeight * 0.85;
    const by = { PageDown: page, " ": page, PageUp: -page, Home: -main.scrollHeight, End: main.scrollHeight }[event.key];
    if (by) main.scrollBy(0, by);
    return Boolean(by);
  };
  const fromOutside = (event) => {
    if (event.key !== "ArrowDown" || !(event.target === document.body || event.target.matches("main input[type=search]"))) return false;
    goTo(here);
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !isPlain(event)) return;
    const isDone = inRows(event) || inMenu(event) || moveAlong(event, tools()) || moveAlong(event, headers()) || scroll(event) || fromOutside(event);
    if (isDone) event.preventDefault();
  });
}
