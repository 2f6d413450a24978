// Conditions and columns of a list: parameters without a value stay out of the address; columns are moved by the
// mouse or by buttons. The numbers beside them, which say the order without script, are written along.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.closest?.("[data-conditions]")) return;
  const { parameters } = event.detail;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
});

const columnButton = (label, word, step) => {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn btn-sm", textContent: word });
  button.dataset.step = step;
  button.setAttribute("aria-label", `${label}${step < 0 ? "上移" : "下移"}`);
  return button;
};
const numberColumns = (list) => {
  [...list.children].forEach((line, index) => { line.querySelector(".place").value = index + 1; });
};
const prepareColumns = () => {
  for (const chooser of document.querySelectorAll("[data-columns]:not([data-ready])")) {
    chooser.dataset.ready = "";
    chooser.querySelector("[data-without-script]")?.remove();
    for (const line of chooser.querySelectorAll("li")) {
      line.draggable = true;
      line.querySelector(".place").hidden = true;
      line.append(columnButton(line.dataset.label, "↑", -1), columnButton(line.dataset.label, "↓", 1));
    }
    // The order in sight is the order that counts, also where the numbers came with gaps.
    numberColumns(chooser.querySelector("ol"));
  }
};
prepareColumns();
document.addEventListener("htmx:afterSettle", prepareColumns);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-columns] [data-step]");
  if (!button) return;
  const line = button.closest("li");
  const list = line.parentElement;
  const up = Number(button.dataset.step) < 0;
  const other = up ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (up) other.before(line);
  else other.after(line);
  numberColumns(list);
  button.focus();
  const place = [...list.children].indexOf(line) + 1;
  list.closest("[data-columns]").querySelector("[role=status]").textContent = `${line.dataset.label}：第${place}列`;
});

let draggedColumn = null;
document.addEventListener("dragstart", (event) => {
  draggedColumn = event.target.closest?.("[data-columns] li");
  if (!draggedColumn) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", draggedColumn.dataset.label);
  draggedColumn.classList.add("dragged");
});
document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.("[data-columns] li");
  if (!draggedColumn || !over || over.parentElement !== draggedColumn.parentElement) return;
  event.preventDefault();
  if (over === draggedColumn) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(draggedColumn);
  else over.after(draggedColumn);
});
document.addEventListener("drop", (event) => {
  if (draggedColumn) event.preventDefault();
});
document.addEventListener("dragend", () => {
  if (!draggedColumn) return;
  draggedColumn.classList.remove("dragged");
  numberColumns(draggedColumn.parentElement);
  draggedColumn = null;
});
