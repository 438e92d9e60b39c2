/* Puts a canned answer into the text that is being typed. Without script the button does so with a new page. */
(() => {
  "use strict";

  /** Where the cursor stands, with a white line before it. */
  function insert(text, body) {
    const before = text.value.slice(0, text.selectionStart).trimEnd();
    const after = text.value.slice(text.selectionEnd);
    const begin = before ? `${before}\n\n${body}` : body;
    text.value = `${begin}${after}`;
    text.focus();
    text.setSelectionRange(begin.length, begin.length);
  }

  // On the document: an upload that is refused brings a new form (static/js/upload.js).
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-z-canned] button")) return;
    event.preventDefault();
    const choice = document.getElementById("id_canned");
    const body = choice.selectedOptions[0]?.dataset.body;
    if (body) insert(document.getElementById("id_body"), body);
    else choice.focus();
    choice.value = "";
  });
})();
