// What the tests of every page ask of a page: what the keyboard has to reach, and where it is now.
(() => {
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";

  const words = (element) =>
    `<${element.tagName.toLowerCase()}> ${(element.getAttribute("aria-label") || element.textContent || element.name || element.id || "").trim().replace(/\s+/g, " ").slice(0, 60)}`;

  const canHaveFocus = (element) =>
    !element.disabled && element.tabIndex >= 0 && element.type !== "hidden" && !element.closest("[inert]") &&
    element.checkVisibility({ checkVisibilityCSS: true });

  // Of radio buttons with one name, one is a stop: the arrow keys do the rest.
  const groupOf = (element) => (element.type === "radio" ? `${element.form?.id || ""} ${element.name}` : null);

  const reached = new Set();
  let stops = [];
  let last = null;

  // The ring of a card that is one large link lies on a box that the link makes after itself.
  const ring = (element) =>
    [null, "::before", "::after"].map((part) => {
      const style = getComputedStyle(element, part);
      return `${style.outlineStyle} ${style.outlineWidth} ${style.boxShadow} ${style.backgroundColor} ${style.borderColor}`;
    }).join();
  const atRest = new Map();

  window.zittingKeyboard = {
    expected() {
      document.body.tabIndex = -1; // begin at the top, also on a page that begins at its list of mistakes
      document.body.focus();
      document.body.removeAttribute("tabindex");
      stops = [...document.querySelectorAll(wanted)].filter(canHaveFocus);
      stops.forEach((element) => atRest.set(element, ring(element)));
      return stops.map(words);
    },
    here() {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      if (reached.has(element) && element !== last) return null; // round again; a date has several stops of its own
      reached.add(element);
      last = element;
      const shown = element.closest("label") || element;
      const visible = !atRest.has(element) || ring(element) !== atRest.get(element) || ring(shown).includes("solid");
      return { what: words(element), visible };
    },
    missed() {
      const groups = new Set([...reached].map(groupOf).filter(Boolean));
      return stops.filter((element) => !reached.has(element) && !groups.has(groupOf(element))).map(words);
    },
  };

  const faults = [...document.querySelectorAll("[tabindex]")]
    .filter((element) => element.tabIndex > 0)
    .map((element) => `an order of its own: ${words(element)}`);
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  return { faults };
})();
