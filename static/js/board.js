/* The planning board: walk with the keyboard, open places in the side panel, and show what an act changed.
   Without this script the same links and forms open whole pages. Moving is in board-move.js, what comes in
   by itself in board-live.js; they meet in the events board:pick, board:drop, board:say and board:check. */
"use strict";

const root = document.querySelector("[data-board]");
const board = document.getElementById("board");
const panel = document.getElementById("board-panel");
const said = document.getElementById("board-said");
const live = document.getElementById("board-live");
const SEATS = "[data-seat]";

const all = (node, selector) => [...node.querySelectorAll(selector)];
const typing = (target) => target.closest("input:not([type=hidden]), textarea, select, [contenteditable]");

function say(text) {
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}

// --- One place in the tab order; the arrows do the rest -------------------------------------------------------------

let current = null;

function rove(seat, focus = true) {
  if (!seat) return;
  if (current?.isConnected) current.tabIndex = -1;
  current = seat;
  current.tabIndex = 0;
  if (focus) current.focus({ preventScroll: false });
}

/** Take new places out of the tab order, but for the one that has it. */
function settle(node) {
  for (const seat of all(node, SEATS)) seat.tabIndex = seat === current ? 0 : -1;
  if (!current?.isConnected) rove(board.querySelector(SEATS), false);
}

const cellOf = (seat) => seat.closest("[data-column]");
const column = (number) => all(board, `[data-column="${number}"] ${SEATS}`);

function beside(seat, step) {
  const cell = cellOf(seat);
  const index = all(cell, SEATS).indexOf(seat);
  let next = step > 0 ? cell.nextElementSibling : cell.previousElementSibling;
  while (next && !next.querySelector(SEATS)) next = step > 0 ? next.nextElementSibling : next.previousElementSibling;
  if (!next) return null;
  const seats = all(next, SEATS);
  return seats[Math.min(index, seats.length - 1)];
}

function below(seat, step) {
  const seats = column(cellOf(seat).dataset.column);
  return seats[seats.indexOf(seat) + step];
}

const walk = {
  ArrowRight: (seat) => beside(seat, 1),
  ArrowLeft: (seat) => beside(seat, -1),
  ArrowDown: (seat) => below(seat, 1),
  ArrowUp: (seat) => below(seat, -1),
  Home: () => board.querySelector(SEATS),
  End: () => all(board, SEATS).at(-1),
};

function onWalk(event) {
  const seat = event.target.closest(SEATS);
  if (!seat || !walk[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  rove(walk[event.key](seat));
}

// --- The side panel -------------------------------------------------------------------------------------------------

let opener = "";

function openPanel(url, from) {
  if (from) opener = from.id;
  said.replaceChildren();
  return window.htmx.ajax("GET", url, { target: panel, swap: "innerHTML" });
}

function closePanel() {
  panel.hidden = true;
  panel.replaceChildren();
  root.classList.remove("has-panel");
  rove(document.getElementById(opener) ?? current);
}

function send(form, target) {
  const values = Object.fromEntries(new FormData(form));
  const method = form.method.toUpperCase();
  const url = form.getAttribute("action");
  return window.htmx.ajax(method, url, { target, swap: "innerHTML", values });
}

function onClick(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = event.target;
  if (target.closest("[data-close-panel]")) closePanel();
  if (target.closest("[data-close-said]")) said.replaceChildren();
  const link = target.closest(`${SEATS}, [data-panel]`);
  if (!link?.href || (!board.contains(link) && !panel.contains(link))) return;
  event.preventDefault();
  if (board.contains(link)) rove(link, false);
  if (root.classList.contains("is-moving")) {
    root.dispatchEvent(new CustomEvent("board:drop", { detail: { seat: link, shift: link.closest("[data-shift]") } }));
  } else {
    openPanel(link.href, board.contains(link) ? link : null);
  }
}

function onSubmit(event) {
  const form = event.target;
  const isHere = panel.contains(form) || said.contains(form) || form.closest("#board-undo");
  if (!isHere) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  send(form, form.method === "get" ? panel : said).finally(() => delete form.dataset.busy);
}

// --- What an act changed --------------------------------------------------------------------------------------------

/** Put the rows of an answer in the place of the old ones; the focus stays where it was. */
function putRows(template) {
  const focused = board.contains(document.activeElement) ? document.activeElement.id : "";
  for (const row of all(template.content, "[data-row]")) {
    const old = document.getElementById(row.id);
    if (!old) continue;
    old.replaceWith(row);
    settle(row);
  }
  template.remove();
  if (focused && !board.contains(document.activeElement)) rove(document.getElementById(focused));
}

function afterAnswer() {
  const answer = said.querySelector("[data-done]");
  if (!answer) return;
  if (!answer.dataset.done) {
    root.dispatchEvent(new CustomEvent("board:check")); // somebody was first, perhaps elsewhere too
    return;
  }
  const about = document.getElementById(answer.dataset.done);
  panel.hidden = true;
  panel.replaceChildren();
  root.classList.remove("has-panel");
  rove(about?.matches(SEATS) ? about : (about?.querySelector(SEATS) ?? document.getElementById(current?.id)));
}

function onSwapped(event) {
  for (const template of all(event.detail.target, "template[data-rows]")) putRows(template);
  if (event.detail.target === panel) {
    panel.hidden = false;
    root.classList.add("has-panel");
    document.getElementById("panel-title")?.focus();
  } else if (event.detail.target === said) {
    afterAnswer();
  } else if (board.contains(event.detail.target)) {
    settle(event.detail.target);
  }
}

/** A refusal (409, 422) is an answer too. It is shown as a message, also when the panel asked. */
function beforeSwap(event) {
  const { xhr, target } = event.detail;
  if (![409, 422].includes(xhr.status) || ![panel, said].includes(target)) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
  event.detail.target = said;
}

// --- Keys of the board; they work while the focus is in it (WCAG 2.1.4) ---------------------------------------------

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && panel.contains(event.target)) closePanel();
  if (typing(event.target)) return;
  if (event.key === "u") {
    const button = root.querySelector("[data-undo-button]");
    if (button) button.click();
  } else if (event.key === "?") {
    const help = root.querySelector("[data-board-help]");
    help.open = !help.open;
    if (help.open) help.querySelector("summary").focus();
  } else if (event.key === "Escape" && said.hasChildNodes()) {
    said.replaceChildren();
  }
}

if (board) {
  settle(board);
  board.addEventListener("keydown", onWalk);
  board.addEventListener("focusin", (event) => {
    const seat = event.target.closest(SEATS);
    if (seat && seat !== current) rove(seat, false);
  });
  root.addEventListener("click", onClick);
  root.addEventListener("submit", onSubmit);
  root.addEventListener("keydown", onKey);
  root.addEventListener("board:say", (event) => say(event.detail));
  root.addEventListener("board:open", (event) => openPanel(event.detail.url, event.detail.from));
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:afterSwap", onSwapped);
  document.addEventListener("htmx:sendError", () => say(root.dataset.textFailed));
}
