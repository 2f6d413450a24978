// The rows of a move-in of a whole household: they are all in the page, those not needed yet are hidden.
// Enter goes to the next row; a row is removed by emptying it; an ID number fills sex and birth date.
"use strict";
{
  const grid = document.querySelector(".family-grid");
  const add = document.querySelector("[data-family-add]");
  const people = () => [...grid.querySelectorAll(".family-person")];
  const shown = () => people().filter((person) => !person.hidden);
  const field = (person, name) => person.querySelector(`.family-${name} :is(input, select)`);
  const filledById = ["sex", "birth"];
  const storedOfKnown = ["id_number", "sex", "birth", "phone"];

  const refresh = () => {
    shown().forEach((person, index) => {
      person.querySelector(".family-number").textContent = index + 1;
      person.querySelector("[data-family-remove]").setAttribute("aria-label", `删除第${index + 1}人`);
    });
    add.hidden = shown().length === people().length;
  };

  const reveal = () => {
    const person = people().find((other) => other.hidden);
    if (!person) return null;
    person.hidden = false;
    refresh();
    return person;
  };

  const goOn = (person) => {
    const all = shown();
    const next = all[all.indexOf(person) + 1] || reveal();
    if (next) field(next, "name").focus();
  };

  const remove = (person) => {
    const all = shown();
    const neighbour = all[all.indexOf(person) + 1] || all[all.indexOf(person) - 1];
    for (const input of person.querySelectorAll("input, select")) {
      if (input.type === "checkbox" || input.type === "radio") input.checked = false;
      else input.value = "";
      input.disabled = false;
    }
    for (const sentence of person.querySelectorAll(".invalid, .family-id_number .help")) sentence.textContent = "";
    person.querySelector(".family-more").hidden = true;
    if (all.length > 1) {
      person.hidden = true;
      grid.append(person);
    }
    refresh();
    field(all.length > 1 ? neighbour : person, "name").focus();
  };

  // GB 11643: weights of the first 17 digits, and the check character for each remainder.
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const readId = (text) => {
    const number = text.replace(/\s/g, "").toUpperCase();
    if (!/^\d{17}[\dX]$/.test(number)) return null;
    const sum = weights.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
    return {
      isRight: "10X98765432"[sum % 11] === number[17],
      sex: Number(number[16]) % 2 ? "M" : "F",
      birth: `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`,
    };
  };

  const fillById = (person, isDone) => {
    const input = field(person, "id_number");
    const id = readId(input.value);
    const isWrong = id && !id.isRight;
    person.querySelector("[data-family-check]").textContent = isWrong ? "校验码不符，请对照证件核对。" : "";
    for (const name of filledById) {
      const target = field(person, name);
      if (id && id.isRight && (!target.value || target.dataset.filled === target.value)) {
        target.value = id[name];
        target.dataset.filled = id[name];
      } else if (!id && isDone && target.dataset.filled && target.dataset.filled === target.value) {
        target.value = "";
        delete target.dataset.filled;
      }
    }
  };

  // The suggestions label a person of the register with a bar; what is stored of them is not typed again.
  const markKnown = (person) => {
    const isKnown = field(person, "name").value.includes("｜");
    for (const name of storedOfKnown) {
      const input = field(person, name);
      if (isKnown) input.value = "";
      input.disabled = isKnown;
    }
  };

  if (grid) {
    add.hidden = false;
    add.addEventListener("click", () => field(reveal(), "name").focus());
    for (const person of people()) {
      const button = person.querySelector("[data-family-remove]");
      button.hidden = false;
      button.addEventListener("click", () => remove(person));
      markKnown(person);
    }
    grid.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.defaultPrevented || !event.target.matches("input:not([type=radio]), select")) return;
      event.preventDefault();
      goOn(event.target.closest(".family-person"));
    });
    for (const type of ["input", "change"]) {
      grid.addEventListener(type, (event) => {
        const person = event.target.closest(".family-person");
        if (event.target.closest(".family-id_number")) fillById(person, type === "change");
        if (event.target.closest(".family-name")) markKnown(person);
      });
    }
    refresh();
  }
}
