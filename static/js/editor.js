/* A few buttons above a text with formatting: each puts its signs around what is selected. Without this script people
   type the signs, as the help text tells. */
(() => {
  "use strict";

  /** Replace the selection in a way that Ctrl+Z takes back, and select what was put in its place. */
  function replace(box, start, end, text, from, to) {
    box.focus();
    box.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, text)) box.setRangeText(text, start, end);
    box.setSelectionRange(start + from, start + to);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function around(box, sign, word) {
    const { selectionStart: start, selectionEnd: end, value } = box;
    const text = value.slice(start, end) || word;
    replace(box, start, end, sign + text + sign, sign.length, sign.length + text.length);
  }

  function atLines(box, sign, word) {
    const start = box.value.lastIndexOf("\n", box.selectionStart - 1) + 1;
    const end = box.selectionEnd;
    const lines = (box.value.slice(start, end) || word).split("\n").map((line) => sign + line);
    const text = lines.join("\n");
    replace(box, start, end, text, text.length, text.length);
  }

  function link(box, word, address) {
    const { selectionStart: start, selectionEnd: end, value } = box;
    const text = value.slice(start, end) || word;
    const from = text.length + 3;
    replace(box, start, end, `[${text}](${address})`, from, from + address.length);
  }

  for (const editor of document.querySelectorAll("[data-z-editor]")) {
    const box = editor.querySelector("textarea");
    const words = editor.dataset;
    const bar = document.createElement("div");
    bar.className = "z-editor__bar";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", words.zToolbar);
    const acts = [
      [words.zHeading, () => atLines(box, "# ", words.zHeading)],
      [words.zBold, () => around(box, "**", words.zBold.toLowerCase())],
      [words.zItalic, () => around(box, "*", words.zItalic.toLowerCase())],
      [words.zList, () => atLines(box, "- ", words.zList)],
      [words.zLink, () => link(box, words.zLink.toLowerCase(), words.zAddress)],
    ];
    for (const [label, act] of acts) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "nl-button nl-button--subtle z-button--small";
      button.textContent = label;
      button.addEventListener("click", act);
      bar.append(button);
    }
    box.before(bar);
  }
})();
