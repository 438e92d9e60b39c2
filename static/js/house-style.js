// The sample of the house style follows the form; without this script a button shows it.
"use strict";

(() => {
  const form = document.querySelector("[data-z-sample-form]");
  const sheet = document.querySelector("[data-z-sample-sheet]");
  if (!form || !sheet) return;
  let waiting = 0;
  const show = () => {
    const choices = new URLSearchParams();
    for (const name of ["accent", "head", "corners"]) choices.set(name, form.elements[name].value);
    sheet.href = `${form.dataset.zSampleForm}?${choices}`;
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 250);
  });
})();
