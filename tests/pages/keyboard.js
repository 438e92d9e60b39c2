// What the tests of every page ask of the keyboard: what it has to reach, where it is, and whether one can see that.
(() => {
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
  // A date has a stop for each of its parts, and one for its calendar.
  const stopsOf = { date: 4, time: 3, "datetime-local": 7, month: 3 };

  const words = (element) =>
    `<${element.tagName.toLowerCase()}> ${(element.getAttribute("aria-label") || element.textContent || element.name || element.id || "").trim().replace(/\s+/g, " ").slice(0, 60)}`;

  const canHaveFocus = (element) =>
    !element.disabled && element.tabIndex >= 0 && element.type !== "hidden" && !element.closest("[inert]") &&
    element.checkVisibility({ checkVisibilityCSS: true });

  // Of radio buttons with one name, one is a stop: the arrow keys do the rest.
  const groupOf = (element) => (element.type === "radio" ? `${element.form?.id || ""} ${element.name}` : null);

  // A box that is drawn by its label: the label shows where the keyboard is.
  const shownOf = (element) => element.closest("label") || element.labels?.[0] || element;

  // The ring of a card that is one large link lies on a box that the link makes after itself.
  const ring = (element) => {
    const forced = matchMedia("(forced-colors: active)").matches;
    return [...new Set([element, shownOf(element)])].flatMap((each) => [null, "::before", "::after"].map((part) => {
      const style = getComputedStyle(each, part);
      const line = style.outlineStyle === "none" ? "no outline" : [style.outlineStyle, style.outlineWidth, style.outlineColor, style.outlineOffset].join(" ");
      // Shadows and backgrounds are not drawn in high contrast: an outline remains.
      return forced ? line : [line, style.boxShadow, style.backgroundColor, style.borderColor].join(" ");
    })).join();
  };

  const isOwn = (element, hit) =>
    hit && (hit === element || element.contains(hit) || hit.contains(element) || hit.closest("label")?.control === element);

  // WCAG 2.2, 2.4.11: at least a part of what has the focus is in view, and nothing lies over that part.
  const isInSight = (element) => {
    let box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || getComputedStyle(element).opacity === "0") box = shownOf(element).getBoundingClientRect();
    const inset = (size) => Math.min(3, size / 2);
    const left = box.left + inset(box.width), right = box.right - inset(box.width);
    const top = box.top + inset(box.height), bottom = box.bottom - inset(box.height);
    const points = [[(left + right) / 2, (top + bottom) / 2], [left, top], [right, top], [left, bottom], [right, bottom]];
    return points.some(([x, y]) => isOwn(element, document.elementFromPoint(x, y)));
  };

  let stops = [], atRest = new Map(), reached = new Set(), faults = new Set(), rounds = 0;

  const arrive = (element) => {
    if (!element || element === document.body || element === document.documentElement) {
      rounds += reached.size ? 1 : 0;
      return;
    }
    if (reached.has(element)) return;
    reached.add(element);
    if (atRest.has(element) && ring(element) === atRest.get(element)) faults.add(`no visible focus on ${words(element)}`);
    if (!isInSight(element)) faults.add(`focus out of sight on ${words(element)}`);
  };
  // By the next key, the page has scrolled to where the one before brought it.
  addEventListener("keydown", (event) => { if (event.key === "Tab") arrive(document.activeElement); }, true);

  const begin = () => {
    document.body.tabIndex = -1; // begin at the top, also on a page that begins at its list of mistakes
    document.body.focus();
    document.body.removeAttribute("tabindex");
    scrollTo(0, 0);
    stops = [...document.querySelectorAll(wanted)].filter(canHaveFocus);
    atRest = new Map(stops.map((element) => [element, ring(element)]));
    reached = new Set();
    faults = new Set();
    rounds = 0;
  };

  const missed = () => {
    const groups = new Set([...reached].map(groupOf).filter(Boolean));
    return stops.filter((element) => !reached.has(element) && !groups.has(groupOf(element)));
  };

  window.zittingKeyboard = {
    // How often Tab has to be pressed to come through the page.
    begin() {
      begin();
      return stops.reduce((total, element) => total + (stopsOf[element.type] || 1), 1);
    },
    // False when there is more to come.
    isThrough: () => rounds > 0 || missed().length === 0,
    faults() {
      arrive(document.activeElement);
      document.activeElement?.blur();
      return [...faults, ...missed().map((element) => `the keyboard does not reach ${words(element)}`)];
    },
    // The same at another size or in other colours, without the key: everything that can have the focus gets it.
    faultsOfAll() {
      begin();
      for (const element of stops) {
        element.focus();
        arrive(document.activeElement);
      }
      document.activeElement?.blur();
      return [...faults];
    },
    // Orders of its own, and parts that the reader of a screen jumps by.
    faultsOfOrder() {
      const found = [...document.querySelectorAll("[tabindex]")]
        .filter((element) => element.tabIndex > 0)
        .map((element) => `an order of its own: ${words(element)}`);
      const headings = [...document.querySelectorAll("h1")].filter((element) => element.checkVisibility());
      return headings.length === 1 ? found : [...found, `${headings.length} headings of the first level`];
    },
    openAll: () => document.querySelectorAll("main details:not([open])").forEach((each) => { each.open = true; each.dataset.opened = ""; }),
    closeAll: () => document.querySelectorAll("details[data-opened]").forEach((each) => { each.open = false; }),
  };
})();
