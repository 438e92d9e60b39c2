/* Moving people on the planning board: by mouse or finger, and by keyboard with the letter m.
   Plain pointer events: a drop here never reorders a list, it asks the server to move or to swap, so that a library
   for sortable lists would have to be held back at every step. Nothing moves on screen before the server says so. */
"use strict";

const root = document.querySelector("[data-board][data-may-edit]");
const board = document.getElementById("board");
const said = document.getElementById("board-said");
const text = root?.dataset ?? {};

const START = 6; // pixels before a press becomes a drag
const HOLD = 350; // milliseconds before a finger picks up instead of scrolling
const EDGE = 60; // pixels from the edge where the board scrolls along
const AWAY = 12; // pixels between the pointer and the label that goes along
const MARKS = ["is-no", "is-doubt"];

const say = (words) => root.dispatchEvent(new CustomEvent("board:say", { detail: words }));

let moving = null; // { seat, uuid, version, name, from, objections, ghost }

// --- Pick up and let go ---------------------------------------------------------------------------------------------

function pick(seat, ghost) {
  letGo();
  moving = {
    seat,
    uuid: seat.dataset.person,
    version: seat.dataset.version,
    name: seat.dataset.name,
    from: seat.closest("[data-shift]"),
    objections: {},
    ghost,
  };
  seat.classList.add("is-picked");
  root.classList.add("is-moving");
  askObjections(moving);
}

function letGo() {
  if (!moving) return;
  moving.ghost?.remove();
  moving.seat.classList.remove("is-picked");
  root.classList.remove("is-moving");
  for (const work of board.querySelectorAll(".is-no, .is-doubt, .is-target")) {
    work.classList.remove(...MARKS, "is-target");
    work.querySelector("[data-mark]")?.remove();
  }
  moving = null;
}

/** Mark where this person may not or would rather not go; the server knows the rules. */
async function askObjections(move) {
  const url = `${board.dataset.objections}${move.uuid}/`;
  const answer = await fetch(url, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || moving !== move) return;
  move.objections = await answer.json();
  mark(board);
}

function mark(node) {
  if (!moving) return;
  for (const work of node.querySelectorAll("[data-kind]")) {
    const found = moving.objections[work.dataset.kind];
    if (!found || work === moving.from || work.querySelector("[data-mark]")) continue;
    work.classList.add(found.no ? "is-no" : "is-doubt");
    const note = document.createElement("p");
    note.className = "z-work__mark";
    note.dataset.mark = "";
    note.textContent = found.no ? `${text.textNo} ${found.no}` : `${text.textDoubt} ${found.doubts}`;
    work.append(note);
  }
}

/** In words what a drop on this place would do. */
function meaning(work, seat) {
  if (!work) return "";
  if (work === moving.from) return text.textHere.replace("%s", moving.name);
  const found = moving.objections[work.dataset.kind] ?? {};
  if (found.no) return `${text.textNo} ${work.dataset.name}. ${found.no}`;
  const other = seat?.dataset.person ? seat : null;
  if (!other && !Number(work.dataset.open)) return `${work.dataset.name}. ${text.textFull}`;
  const what = other ? `${text.textSwap} ${other.dataset.name}, ${work.dataset.name}` : `${text.textMay} ${work.dataset.name}`;
  return found.doubts ? `${what}. ${text.textDoubt} ${found.doubts}` : what;
}

function point(work, seat) {
  for (const old of board.querySelectorAll(".is-target")) old.classList.remove("is-target");
  work?.classList.add("is-target");
  const words = meaning(work, seat);
  if (moving.ghost) moving.ghost.lastElementChild.textContent = words;
  return words;
}

/** A drop that is not allowed: the reason, for everybody to read. */
function refuse(words) {
  const message = document.getElementById("board-refused").content.cloneNode(true);
  message.querySelector("[data-words]").textContent = words;
  said.replaceChildren(message);
}

/** Move to an open place, ask to swap with somebody, and do nothing anywhere else. */
function drop(work, seat) {
  const move = moving;
  const found = move.objections[work?.dataset.kind] ?? {};
  const other = seat?.dataset.person ? seat : null;
  const isNothing = !work || work === move.from || found.no || (!other && !Number(work.dataset.open));
  const words = isNothing && work ? meaning(work, seat) : text.textDropped.replace("%s", move.name);
  letGo();
  if (isNothing) {
    if (found.no && work !== move.from) refuse(words);
    else say(words);
    move.seat.focus();
  } else if (other) {
    const url = `${board.dataset.assignment}${move.uuid}/swap/?other=${other.dataset.person}`;
    root.dispatchEvent(new CustomEvent("board:open", { detail: { url, from: move.seat } }));
  } else {
    const values = { shift: work.dataset.shift, version: move.version };
    const url = `${board.dataset.assignment}${move.uuid}/move/`;
    window.htmx.ajax("POST", url, { target: said, swap: "innerHTML", values });
  }
}

// --- Mouse and finger -----------------------------------------------------------------------------------------------

let press = null; // { seat, x, y, id, timer, isTouch }
let justDropped = false;

function makeGhost(seat) {
  const ghost = document.createElement("div");
  ghost.className = "z-ghost";
  ghost.setAttribute("aria-hidden", "true");
  for (const words of [seat.dataset.name, ""]) ghost.append(Object.assign(document.createElement("span"), { textContent: words }));
  root.append(ghost);
  return ghost;
}

function onDown(event) {
  if (moving) return;
  cancelPress(); // a second finger, wherever it comes down, ends what the first one began
  const seat = event.target.closest("[data-person]");
  if (!seat || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !event.isPrimary) return;
  const isTouch = event.pointerType !== "mouse";
  press = { seat, x: event.clientX, y: event.clientY, id: event.pointerId, isTouch };
  if (isTouch) press.timer = setTimeout(() => begin(press.x, press.y), HOLD);
}

function begin(x, y) {
  pick(press.seat, makeGhost(press.seat));
  follow(x, y);
}

/** Where a label of this size begins: after the pointer, or before it where the window ends. */
function besides(pointer, size, end) {
  return pointer + AWAY + size > end ? Math.max(0, pointer - AWAY - size) : pointer + AWAY;
}

function follow(x, y) {
  const ghost = moving.ghost;
  const under = document.elementFromPoint(x, y);
  point(under?.closest("[data-shift]"), under?.closest("[data-person]"));
  ghost.style.setProperty("transform", `translate(${besides(x, ghost.offsetWidth, innerWidth)}px, ${besides(y, ghost.offsetHeight, innerHeight)}px)`);
  const box = board.getBoundingClientRect();
  if (y < box.top + EDGE + 40) board.scrollBy(0, -14);
  if (y > Math.min(box.bottom, innerHeight) - EDGE) board.scrollBy(0, 14);
  if (x < box.left + EDGE) board.scrollBy(-14, 0);
  if (x > box.right - EDGE) board.scrollBy(14, 0);
}

function onMove(event) {
  if (!press || event.pointerId !== press.id) return;
  const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > START;
  if (!moving && far && press.isTouch) return cancelPress();
  if (!moving && far) begin(event.clientX, event.clientY);
  if (moving) follow(event.clientX, event.clientY);
}

function onUp(event) {
  if (!press || event.pointerId !== press.id) return;
  const wasMoving = moving?.ghost;
  cancelPress();
  if (!wasMoving) return;
  // A click follows the drop; it must not open the panel.
  justDropped = true;
  setTimeout(() => {
    justDropped = false;
  });
  const under = document.elementFromPoint(event.clientX, event.clientY);
  drop(under?.closest("[data-shift]"), under?.closest("[data-person]"));
}

function cancelPress() {
  clearTimeout(press?.timer);
  press = null;
}

// --- Keyboard -------------------------------------------------------------------------------------------------------

function onKey(event) {
  if (event.key === "Escape" && moving) {
    event.preventDefault();
    event.stopPropagation();
    const { name, seat } = moving;
    letGo();
    cancelPress();
    say(text.textDropped.replace("%s", name));
    seat.focus();
    return;
  }
  const seat = event.target.closest("[data-seat]");
  if (!seat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "m" && seat.dataset.person && !moving) {
    event.preventDefault();
    pick(seat, null);
    say(text.textPicked.replace("%s", seat.dataset.name));
  }
}

function onFocus(event) {
  if (!moving || moving.ghost) return;
  const seat = event.target.closest("[data-seat]");
  if (seat) say(point(seat.closest("[data-shift]"), seat));
}

if (root && board) {
  board.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove);
  document.addEventListener("pointerup", onUp);
  document.addEventListener("pointercancel", () => {
    cancelPress();
    letGo();
  });
  // Once a finger has picked somebody up, it no longer scrolls the page.
  board.addEventListener("touchmove", (event) => moving?.ghost && event.preventDefault(), { passive: false });
  board.addEventListener("contextmenu", (event) => (moving?.ghost || press?.isTouch) && event.preventDefault());
  document.addEventListener("click", (event) => {
    if (!justDropped) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  root.addEventListener("keydown", onKey, { capture: true });
  board.addEventListener("focusin", onFocus);
  root.addEventListener("board:drop", (event) => moving && drop(event.detail.shift, event.detail.seat));
  document.addEventListener("htmx:afterSwap", () => mark(board));
}
