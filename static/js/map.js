/* Draws the points of a page on a map. The page itself says the same in text or a table, and works without this. */
(() => {
  "use strict";

  const SIZE = 32;
  const SVG = "http://www.w3.org/2000/svg";
  /* A shape per state, so that colour is never alone: drawn in a box of 32 by 32. */
  const SHAPES = {
    full: ["circle", { cx: 16, cy: 16, r: 14 }],
    partly: ["path", { d: "M16 2 30 16 16 30 2 16Z" }],
    empty: ["path", { d: "M3 4h26v24H3Z" }],
    none: ["path", { d: "M16 3 30 28H2Z" }],
    place: ["circle", { cx: 16, cy: 16, r: 12 }],
  };

  function element(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  /** Leaflet reads an attribution as HTML; ours is text. */
  function escaped(text) {
    const box = document.createElement("span");
    box.textContent = text;
    return box.innerHTML;
  }

  /** The sign of a point: its shape, and in it the few characters of data-z-text. */
  function sign(point) {
    const state = SHAPES[point.dataset.zState] ? point.dataset.zState : "place";
    const box = element("svg", { viewBox: "0 0 32 32", class: `z-marker z-marker--${state}`, "aria-hidden": "true" });
    const [shape, attributes] = SHAPES[state];
    box.append(element(shape, attributes));
    if (point.dataset.zText) {
      const text = element("text", { x: 16, y: state === "none" ? 24 : 20.5, "text-anchor": "middle" });
      text.textContent = point.dataset.zText;
      box.append(text);
    }
    return box;
  }

  /** What opens at a click: name, words and a link. Made as nodes, so that a name is never read as HTML. */
  function card(point, more) {
    const box = document.createElement("div");
    const name = document.createElement("strong");
    name.textContent = point.dataset.zPoint;
    box.append(name);
    if (point.dataset.zWords) {
      const words = document.createElement("p");
      words.textContent = point.dataset.zWords;
      box.append(words);
    }
    if (point.dataset.zUrl) {
      const link = document.createElement("a");
      link.className = "nl-link";
      link.href = point.dataset.zUrl;
      link.textContent = more;
      box.append(link);
    }
    return box;
  }

  function draw(box) {
    const source = document.getElementById(box.dataset.zMap);
    const points = source ? [...source.querySelectorAll("[data-z-lat]")] : [];
    if (source?.matches("[data-z-lat]")) points.unshift(source);
    if (!points.length) return;
    box.hidden = false;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(box, {
      zoomControl: false,
      scrollWheelZoom: false, // the page itself must stay easy to scroll
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
    });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: box.dataset.zIn, zoomOutTitle: box.dataset.zOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    if (box.dataset.zTiles) {
      L.tileLayer(box.dataset.zTiles, {
        minZoom: 6,
        maxZoom: 19,
        referrerPolicy: "no-referrer",
        attribution: escaped(box.dataset.zAttribution),
      }).addTo(map);
    }
    const places = points.map((point) => {
      const place = [Number(point.dataset.zLat), Number(point.dataset.zLon)];
      const icon = L.divIcon({ html: sign(point), className: "", iconSize: [SIZE, SIZE] });
      // Not in the tab order: the table or text beside the map is the way for the keyboard.
      L.marker(place, { icon, keyboard: false, title: point.dataset.zPoint })
        .addTo(map)
        .bindPopup(() => card(point, box.dataset.zMore));
      return place;
    });
    map.fitBounds(L.latLngBounds(places), { padding: [SIZE, SIZE], maxZoom: 16 });
  }

  for (const box of document.querySelectorAll("[data-z-map]")) draw(box);
})();
