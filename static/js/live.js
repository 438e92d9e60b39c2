/* What comes in while a page is open: new messages, and the number beside "Berichten" in the menu.

   A part of the page with data-z-live="<address>" is asked for again with the token of what it shows; the server says
   204 when nothing changed. Asking is no sign that somebody sits there, and an ended session changes nothing here: what
   somebody is typing beside it must stay. */
(() => {
  "use strict";

  const EVERY = 15000; // milliseconds
  const COUNT_EVERY = 60000;

  /** The answer, or null when there is nothing to show: not changed, logged out, no network. */
  async function ask(url) {
    const options = { credentials: "same-origin", redirect: "manual", headers: { "HX-Request": "true" } };
    const answer = await fetch(url, options).catch(() => null);
    return answer && answer.status === 200 && !answer.headers.get("HX-Refresh") ? answer : null;
  }

  /** Put the new part in the place of the old one, unless somebody is at work in it. */
  async function refresh(part) {
    if (document.hidden || part.contains(document.activeElement)) return;
    const url = new URL(part.dataset.zLive, window.location.href);
    url.searchParams.set("token", part.dataset.zToken);
    const answer = await ask(url);
    if (!answer) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (found) part.replaceWith(document.importNode(found, true));
  }

  async function refreshAll() {
    for (const part of document.querySelectorAll("[data-z-live]")) await refresh(part);
  }

  /** Every place in the page that shows a number asks for it together. */
  async function count() {
    if (document.hidden) return;
    const places = [...document.querySelectorAll("[data-z-unread]")];
    for (const url of new Set(places.map((place) => place.dataset.zUnread))) {
      const answer = await ask(url);
      if (!answer) continue;
      const found = await answer.json().catch(() => null);
      if (!found) continue;
      for (const place of places.filter((each) => each.dataset.zUnread === url)) show(place, found);
    }
  }

  function show(place, found) {
    const number = document.createElement("span");
    number.setAttribute("aria-hidden", "true");
    number.textContent = found.count;
    const words = document.createElement("span");
    words.className = "z-visually-hidden";
    words.textContent = ` (${found.words})`;
    place.replaceChildren(number, words);
    place.hidden = found.count === 0;
  }

  setInterval(refreshAll, EVERY);
  setInterval(count, COUNT_EVERY);
  document.addEventListener("visibilitychange", () => {
    refreshAll();
    count();
  });
  count();
})();
