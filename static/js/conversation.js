/* Puts a canned answer into the text that is being typed. Without script the button does so with a new page. */
(() => {
  "use strict";

  const place = document.querySelector("[data-z-canned]");
  const choice = document.getElementById("id_canned");
  const text = document.getElementById("id_body");
  if (!place || !choice || !text) return;

  place.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    const body = choice.selectedOptions[0]?.dataset.body;
    if (!body) {
      choice.focus();
      return;
    }
    const before = text.value.slice(0, text.selectionStart);
    const after = text.value.slice(text.selectionEnd);
    const gap = before.trim() ? `${before.trimEnd()}\n\n` : "";
    text.value = `${gap}${body}${after}`;
    text.focus();
    text.setSelectionRange(gap.length + body.length, gap.length + body.length);
    choice.value = "";
  });
})();
