// Review of a bulletin item by item: counts the items with a verdict while they are chosen, and leads to the next
// without one, with the keyboard at its first choice where that is in the window. Without script the links lead to the
// same items.
"use strict";
{
  const review = document.querySelector("[data-review]");
  const rows = [...review.querySelectorAll(".review-row")];
  const done = review.querySelector("[data-done]");
  const isDone = (row) => "marked" in row.dataset || row.querySelector("input[type=radio]:checked") !== null;
  const count = () => {
    done.textContent = rows.filter(isDone).length;
  };
  // The first row that is not above the middle of the window, when the keyboard is in no row.
  const current = () => {
    const focused = rows.indexOf(document.activeElement.closest(".review-row"));
    return focused >= 0 ? focused : rows.findIndex((row) => row.getBoundingClientRect().bottom > innerHeight / 2) - 1;
  };
  const next = () => {
    const from = current() + 1;
    return [...rows.slice(from), ...rows.slice(0, from)].find((row) => !isDone(row));
  };
  review.addEventListener("change", count);
  review.addEventListener("click", (event) => {
    if (!event.target.closest("[data-next]")) return;
    const row = next();
    const place = row ?? document.getElementById("decision");
    event.preventDefault();
    place.scrollIntoView({ behavior: "instant" });
    // Where the choice is below the window, the text comes first.
    const choice = row?.querySelector("input[type=radio]");
    const target = choice && choice.getBoundingClientRect().bottom < innerHeight ? choice : place;
    target.focus({ preventScroll: true });
  });
  count();
}
