/* Putting the rows of a list in order by mouse or finger: [data-z-order] is the list, and each row has a form
   [data-z-order-form] with buttons "up" and "down", which do the same without this script.

   A drop sends the form of the row with `in_front_of`: the row it came to stand before, or nothing at the end. The server
   decides, and the page that comes shows the order. */
"use strict";

const START = 6; // pixels before a press becomes a drag
const EDGE = 60; // pixels from the edge of the window where the page scrolls along

/** A handle for pointers alone: whoever uses keys or a screen reader has the buttons. */
function addHandle(list, row) {
  const handle = document.createElement("span");
  handle.className = "z-order__handle";
  handle.setAttribute("aria-hidden", "true");
  handle.title = list.dataset.zOrder;
  row.firstElementChild.prepend(handle);
  handle.addEventListener("pointerdown", (event) => press(list, row, handle, event));
}

function press(list, row, handle, event) {
  if (event.button || !event.isPrimary) return;
  event.preventDefault(); // no selection of text along the way
  const from = { y: event.clientY, next: row.nextElementSibling, rows: [...list.children] };
  let isDragging = false;
  handle.setPointerCapture(event.pointerId);

  const move = (moved) => {
    isDragging ||= Math.abs(moved.clientY - from.y) > START;
    if (!isDragging) return;
    row.classList.add("is-dragged");
    if (moved.clientY < EDGE) scrollBy(0, -EDGE / 4);
    if (moved.clientY > innerHeight - EDGE) scrollBy(0, EDGE / 4);
    const other = [...list.children].find((each) => each !== row && isOver(each, moved.clientY));
    if (other) pass(row, other);
  };
  const end = (isDrop) => {
    for (const [name, listener] of Object.entries(listeners)) handle.removeEventListener(name, listener);
    document.removeEventListener("keydown", escape);
    row.classList.remove("is-dragged");
    if (!isDrop) list.append(...from.rows);
    else if (isDragging && row.nextElementSibling !== from.next) send(row);
  };
  const escape = (key) => key.key === "Escape" && end(false);
  const listeners = { pointermove: move, pointerup: () => end(true), pointercancel: () => end(false) };
  for (const [name, listener] of Object.entries(listeners)) handle.addEventListener(name, listener);
  document.addEventListener("keydown", escape);
}

/** Bring the rows up to and with `other` to the other side of `row`, which stays where it is in the document: taken out
    and put back it would lose the pointer. */
function pass(row, other) {
  if (isAfter(row, other)) while (row.previousElementSibling !== other) row.before(row.nextElementSibling);
  else while (row.nextElementSibling !== other) row.after(row.previousElementSibling);
}

/** Past the middle of a row, so that a tall row and a low one do not change places over and over. */
function isOver(row, y) {
  const box = row.getBoundingClientRect();
  return y > box.top && y < box.bottom && Math.abs(y - (box.top + box.bottom) / 2) < box.height / 4;
}

const isAfter = (row, other) => Boolean(row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

function send(row) {
  const form = row.querySelector("[data-z-order-form]");
  const before = document.createElement("input");
  before.type = "hidden";
  before.name = "in_front_of";
  before.value = row.nextElementSibling?.dataset.zOrderKey ?? "";
  form.append(before);
  form.submit();
}

for (const list of document.querySelectorAll("[data-z-order]")) {
  for (const row of list.children) if (row.querySelector("[data-z-order-form]")) addHandle(list, row);
}
