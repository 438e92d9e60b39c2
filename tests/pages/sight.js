// What the tests of every page ask of the lay-out: nothing wider than the window, cut off, or over each other.
(() => {
  const words = (element) => `<${element.tagName.toLowerCase()}> ${element.textContent.trim().replace(/\s+/g, " ").slice(0, 50)}`;

  const isForReadersOnly = (element) => {
    const style = getComputedStyle(element);
    return style.clipPath.startsWith("inset(50%") || (element.offsetWidth <= 1 && element.offsetHeight <= 1);
  };

  const ancestors = (element) => {
    const found = [];
    for (let each = element; each && each !== document.body; each = each.parentElement) found.push(each);
    return found;
  };

  // Boxes of text, line by line, with what holds them.
  const lines = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
      const owner = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !owner.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) || owner.closest("svg, select, textarea, option")) continue;
      const above = ancestors(owner);
      if (above.some(isForReadersOnly)) continue;
      range.selectNodeContents(walker.currentNode);
      for (const box of range.getClientRects()) if (box.width > 1 && box.height > 1) found.push({ owner, above, box });
    }
    return found;
  };

  const edgesOf = (above) =>
    above.map((element) => ({ element, style: getComputedStyle(element) })).filter(({ style }) => style.overflowX !== "visible" || style.overflowY !== "visible");

  const cutOff = ({ owner, above, box }) => {
    for (const { element, style } of edgesOf(above)) {
      const edge = element.getBoundingClientRect();
      const across = box.right > edge.right + 2 || box.left < edge.left - 2;
      const down = box.bottom > edge.bottom + 4 || box.top < edge.top - 4;
      if ((across && /auto|scroll/.test(style.overflowX)) || (down && /auto|scroll/.test(style.overflowY))) return null;
      if (style.webkitLineClamp !== "none") return null; // the beginning of a text that has a page of its own
      if ((across && /hidden|clip/.test(style.overflowX)) || (down && /hidden|clip/.test(style.overflowY))) return `cut off: ${words(owner)}`;
    }
    const isOutside = box.right > innerWidth + 2 || box.left < -2;
    return isOutside ? `outside the window: ${words(owner)}` : null;
  };

  const floats = (above) => above.some((element) => /fixed|sticky/.test(getComputedStyle(element).position) || element.matches("dialog, [popover]"));
  const isIn = (above, box) => edgesOf(above).every(({ element }) => {
    const edge = element.getBoundingClientRect();
    // A line that is clamped away begins a hair above the edge that hides it.
    return box.left < edge.right && box.right > edge.left && box.top < edge.bottom - 4 && box.bottom > edge.top;
  });

  // Without its own margins: a field keeps room for the button that stands in it.
  const innerBox = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect(), style = getComputedStyle(element);
    const from = left + parseFloat(style.paddingLeft), to = right - parseFloat(style.paddingRight);
    return { left: from, right: to, width: to - from, top, bottom, height: bottom - top };
  };

  const overlaps = (all) => {
    const boxes = all.filter(({ above, box }) => !floats(above) && isIn(above, box));
    for (const owner of document.querySelectorAll("button, input, select, textarea, a.nl-button")) {
      if (!owner.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue;
      const above = ancestors(owner), box = innerBox(owner);
      if (box.width > 1 && box.height > 1 && !above.some(isForReadersOnly) && !floats(above) && isIn(above, box)) boxes.push({ owner, above, box });
    }
    boxes.sort((one, other) => one.box.top - other.box.top);
    const found = new Set();
    boxes.forEach((one, index) => {
      for (let next = index + 1; next < boxes.length && boxes[next].box.top < one.box.bottom; next += 1) {
        const other = boxes[next];
        if (one.owner.contains(other.owner) || other.owner.contains(one.owner)) continue;
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (across > 4 && down > 5) found.add(`over each other: ${words(one.owner)} and ${words(other.owner)}`);
      }
    });
    return [...found];
  };

  const seen = new Map();
  const SYSTEM = ["Canvas", "CanvasText", "LinkText", "VisitedText", "ActiveText", "ButtonText", "FieldText", "GrayText", "HighlightText", "MarkText"];

  window.zittingSight = {
    // In high contrast, people choose the colours. A drawing keeps a colour of its own unless it is told otherwise.
    faultsOfForcedColours() {
      const probe = document.body.appendChild(document.createElement("i"));
      const theirs = new Set(SYSTEM.map((name) => ((probe.style.color = name), getComputedStyle(probe).color)));
      probe.remove();
      const own = [...document.querySelectorAll("body svg")].filter((drawing) => {
        const style = getComputedStyle(drawing);
        return drawing.checkVisibility() && style.forcedColorAdjust !== "none" && !theirs.has(style.color);
      });
      return [...new Set(own.map((drawing) => `a drawing in a colour of ours: ${drawing.getAttribute("class")} in ${words(drawing.parentElement)}`))];
    },
    faults() {
      scrollTo(0, 0);
      const wide = document.documentElement.scrollWidth;
      const all = lines();
      const found = new Set(all.map(cutOff).filter(Boolean));
      if (wide > innerWidth) found.add(`${wide} pixels wide`);
      return [...found, ...overlaps(all)];
    },
    // Whether anything is drawn in colours in which it was not seen before: contrast is the slowest question of axe.
    hasNewColours() {
      let isNew = false;
      for (const element of document.querySelectorAll("body, body *")) {
        if (!element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue;
        const style = getComputedStyle(element), size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700); // WCAG asks less of large text
        const drawn = [style.color, style.backgroundColor, style.backgroundImage, style.opacity, isLarge].join(" ");
        const before = seen.get(element) || new Set();
        if (!before.has(drawn)) isNew = true;
        seen.set(element, before.add(drawn));
      }
      return isNew;
    },
  };
})();
