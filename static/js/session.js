/* Warn before the session ends, and keep a half-filled form usable when it ended anyway. No dependencies. */
(() => {
  "use strict";

  const dialog = document.querySelector("dialog[data-z-session]");
  if (!dialog) return;

  const data = dialog.dataset;
  const WARN = Number(data.zWarn) * 1000;
  const part = (name) => dialog.querySelector(`[data-z-part="${name}"]`);
  const problem = dialog.querySelector("[data-z-problem]");
  let endsAt = Date.now() + Number(data.zLeft) * 1000;
  let shown = "";
  let silenced = ""; // what the reader closed is not opened again by itself
  let asking = null;

  const left = () => endsAt - Date.now();

  /** Open the dialog with one of its texts; a screen reader hears its title and text. */
  function show(name) {
    if (shown !== name) {
      for (const each of dialog.querySelectorAll("[data-z-part]")) each.hidden = each.dataset.zPart !== name;
      for (const [attribute, id] of [["zTitle", "session-title"], ["zText", "session-text"]]) {
        document.getElementById(id)?.removeAttribute("id");
        const mark = attribute === "zTitle" ? "[data-z-title]" : "[data-z-text]";
        part(name).querySelector(mark).id = id;
      }
      problem.hidden = true;
      shown = name;
    }
    if (!dialog.open) dialog.showModal();
    part(name).querySelector("button, a").focus();
  }

  function hide() {
    shown = "";
    if (dialog.open) dialog.close();
  }

  function clock() {
    const minutes = Math.ceil(left() / 60000);
    let words = data.zMinutes.replace("%s", String(minutes));
    if (minutes === 1) words = left() > 30000 ? data.zMinute : data.zSeconds;
    for (const each of dialog.querySelectorAll("[data-z-clock]")) {
      if (each.textContent !== words) each.textContent = words;
    }
  }

  /** Put the token of now in every form of the page, and in what htmx sends. */
  function renewTokens(token) {
    for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }

  const send = (url, options) =>
    fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" }, ...options });

  /** Ask how long is left; null when the server cannot be reached. One question at a time. */
  function ask() {
    asking ??= send(data.zState)
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null)
      .finally(() => {
        asking = null;
      });
    return asking;
  }

  async function check() {
    const state = await ask();
    if (state) take(state);
    return state;
  }

  function take(state) {
    endsAt = Date.now() + state.left * 1000;
    if (state.left > 0 && state.who !== data.zWho) {
      // Somebody else logged in here: this page shows what is not theirs.
      window.location.reload();
      return;
    }
    renewTokens(state.token);
    if (state.left === 0) {
      if (silenced !== "over") show("over");
    } else if (state.left * 1000 > WARN) {
      silenced = "";
      if (shown === "over") show("back");
      else if (shown !== "back") hide();
    } else {
      const name = state.extendable ? "warn" : "last";
      clock();
      if (silenced !== name && shown !== name) show(name);
    }
  }

  async function stay() {
    try {
      let response = await extend();
      // A log-in in another tab changed the token: fetch the new one and try once more.
      if (response.status === 403 && (await check())) response = await extend();
      if (!response.ok) throw new Error(String(response.status));
      take(await response.json());
    } catch {
      problem.hidden = false;
    }
  }

  const extend = () => {
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    const headers = { Accept: "application/json", "X-CSRFToken": token };
    return send(data.zExtend, { method: "POST", headers });
  };

  function tick() {
    clock();
    if (shown === "back" || (shown === "over" && left() <= 0)) return;
    if (left() <= 0 ? silenced !== "over" : left() <= WARN && !shown && !silenced) check();
  }

  dialog.addEventListener("close", () => {
    silenced = shown && shown !== "back" ? shown : "";
    shown = "";
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-z-stay]")) stay();
    if (event.target.closest("[data-z-close]")) dialog.close();
  });
  // A form of a session that is over would lose what was typed: ask first, and send it when it may be sent.
  document.addEventListener(
    "submit",
    (event) => {
      const { target: form, submitter } = event;
      if (left() > 0 || form.method !== "post") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      silenced = "";
      check().then((state) => {
        if (state === null) show("over");
        if (state?.left > 0 && state.who === data.zWho) form.requestSubmit(submitter);
      });
    },
    true,
  );
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (left() > 0) return;
    event.preventDefault();
    silenced = "";
    check();
  });
  const back = () => {
    if (document.visibilityState === "visible" && (shown || silenced || left() <= WARN)) check();
  };
  document.addEventListener("visibilitychange", back);
  window.addEventListener("focus", back);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) check();
  });
  setInterval(tick, 1000);
  tick();
})();
