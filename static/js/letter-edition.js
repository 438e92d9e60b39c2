/* The editor of the letter texts: a word from the list goes into the text, and the preview follows the list of blocks.
   Without script the words can be read and typed, and each button sends the page. */
(() => {
  "use strict";

  const list = document.querySelector("[data-z-insert]");
  if (!list) return;
  let last = null;

  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("#blocks textarea")) last = target;
  });

  /** Put `word` where somebody typed last; in the first text when nobody typed yet. */
  function insert(word) {
    if (!last?.isConnected) last = document.querySelector("#blocks textarea");
    if (!last) return;
    last.setRangeText(word, last.selectionStart, last.selectionEnd, "end");
    last.focus();
    last.dispatchEvent(new Event("input", { bubbles: true }));
  }

  list.querySelector("[data-z-insert-hint]").hidden = false;
  for (const button of list.querySelectorAll("[data-z-insert-word]")) {
    button.hidden = false;
    button.nextElementSibling.hidden = true;
    button.addEventListener("click", () => insert(`{${button.dataset.zInsertWord}}`));
  }

  // A block that was added, moved or taken away makes another letter.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id === "blocks" || detail.elt.id === "blocks") window.htmx.trigger(document.body, "blocks");
  });
})();
