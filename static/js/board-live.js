/* What comes in by itself on the planning board: stations that come near, and what colleagues change. */
"use strict";

const root = document.querySelector("[data-board]");
const board = document.getElementById("board");
const fresh = document.getElementById("board-fresh");

const NEAR = "900px";
const EVERY = 20000; // milliseconds between two looks at what changed
const AT_ONCE = 40; // stations in one request, as the server allows

const all = (node, selector) => [...node.querySelectorAll(selector)];

// --- Blocks of stations, fetched when they come near ------------------------------------------------------------------

function watchBlocks() {
  const line = parseFloat(getComputedStyle(board).getPropertyValue("--z-board-line")) || 30;
  const isInside = board.scrollHeight > board.clientHeight + 1 && getComputedStyle(board).overflowY !== "visible";
  const options = { root: isInside ? board : null, rootMargin: `${NEAR} 0px` };
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      window.htmx.trigger(target, "near");
    }
  }, options);
  for (const block of all(board, "[data-block]")) {
    block.style.setProperty("block-size", `${Number(block.dataset.height) * line}px`);
    block.hidden = false;
    watcher.observe(block);
  }
  for (const pages of all(root, "[data-board-pages]")) pages.hidden = true;
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (!detail.target.matches?.("[data-block]")) return;
    detail.target.removeAttribute("data-block");
    detail.target.classList.remove("z-board__block--away");
    detail.target.style.removeProperty("block-size");
  });
  // A block that did not come is asked for again when it is near once more.
  document.addEventListener("htmx:sendError", ({ detail }) => {
    if (detail.elt?.matches?.("[data-block]")) setTimeout(() => watcher.observe(detail.elt), 3000);
  });
}

// --- Changes of colleagues --------------------------------------------------------------------------------------------

const isBusy = () =>
  document.hidden ||
  root.classList.contains("is-moving") ||
  Boolean(document.activeElement?.closest("input:not([type=hidden]), select, textarea"));

let isChecking = false;

async function check() {
  if (isChecking || isBusy()) return;
  isChecking = true;
  try {
    await fetchChanges();
  } finally {
    isChecking = false;
  }
}

/** The token is kept when all rows have come: what did not come is asked for again at the next look. */
async function fetchChanges() {
  const url = `${root.dataset.changes}&token=${board.dataset.token}`;
  const answer = await fetch(url, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer || answer.status !== 200 || !answer.headers.get("Content-Type")?.includes("json")) return;
  const found = await answer.json();
  const old = all(board, "[data-row]").filter((row) => {
    const token = found.stations[row.dataset.row];
    return token && token !== row.dataset.token;
  });
  for (let start = 0; start < Math.max(old.length, 1); start += AT_ONCE) {
    const numbers = old.slice(start, start + AT_ONCE).map((row) => row.dataset.row).join(".");
    await window.htmx.ajax("GET", `${root.dataset.block}&fresh=1&numbers=${numbers}`, { target: fresh, swap: "innerHTML" }).catch(() => null);
  }
  const isShown = old.every((row) => !row.isConnected);
  if (isShown) board.dataset.token = found.token;
  if (isShown && old.length) root.dispatchEvent(new CustomEvent("board:say", { detail: root.dataset.textUpdated }));
}

/** Whether columns are out of sight at the end of the line: the stylesheet shows a shadow there. */
function watchEdge() {
  const look = () => board.classList.toggle("is-cut", board.scrollLeft + board.clientWidth < board.scrollWidth - 1);
  board.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(board);
}

if (board) {
  watchBlocks();
  watchEdge();
  setInterval(check, EVERY);
  root.addEventListener("board:check", check);
}
