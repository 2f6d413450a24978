// A reply template fills the text of the answer; what was typed already is kept, below it.
"use strict";
{
  document.addEventListener("change", (event) => {
    const select = event.target.closest("select[data-fills]");
    const text = select?.form.elements[select.dataset.fills];
    const words = select?.selectedOptions[0]?.dataset.text;
    if (!text || !words) return;
    text.value = text.value.trim() ? `${words}\n${text.value.trim()}` : words;
    select.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}
