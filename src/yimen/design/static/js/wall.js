/* The wall: fetches its board again when something happened (never counts on its own), and draws the map's points.
   New points pulse for a few seconds, unless the device asks for less motion. */

import { colour, library, stylesheet } from "./library.js";

const SOON = 200;
const APART = 1000;
const ANYWAY = 30000;
const PULSE = 8000;
const TONES = { green: "--ym-green-mark", amber: "--ym-amber-mark", red: "--ym-red-mark", grey: "--ym-neutral-mark" };

function read(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/* Many happenings at once are one fetch; the last of them is never missed. */
function refreshing(board) {
  let waiting = 0;
  let last = 0;
  const fetchAgain = () => {
    waiting = 0;
    last = Date.now();
    board.dispatchEvent(new CustomEvent("yimen:refresh"));
  };
  const soon = () => {
    waiting ||= setTimeout(fetchAgain, Math.max(SOON, last + APART - Date.now()));
  };
  for (const name of ["matter", "reload", "back"]) document.body.addEventListener(`yimen:${name}`, soon);
  setInterval(soon, ANYWAY);
}

function outlines(L, map, ground) {
  if (ground.outline) L.geoJSON(ground.outline, { interactive: false, style: { color: colour("--ym-map-outline"), weight: 3, fill: false } }).addTo(map);
  const areas = ground.townships.map((township) => {
    const style = { color: colour("--ym-map-line"), weight: 1.5, fillColor: colour("--ym-map-area"), fillOpacity: 0.9 };
    const layer = L.geoJSON(township.geometry, { interactive: false, style }).addTo(map);
    const name = L.tooltip({ permanent: true, direction: "center", className: "wall-name", interactive: false });
    name.setLatLng(township.at).setContent(document.createTextNode(township.name)).addTo(map);
    return layer;
  });
  return areas.length ? L.featureGroup(areas).getBounds() : null;
}

function pulse(L, map, place) {
  const ring = L.marker(place, { interactive: false, keyboard: false, icon: L.divIcon({ className: "wall-pulse", iconSize: [24, 24] }) });
  ring.addTo(map);
  setTimeout(() => ring.remove(), PULSE);
}

function drawing(L, map) {
  // Above the names of the townships, which would cover the most urgent point of a small place.
  map.createPane("points").classList.add("wall-points");
  const renderer = L.canvas({ pane: "points" });
  const layer = L.layerGroup().addTo(map);
  let known = null;
  return ({ points, href }) => {
    layer.clearLayers();
    const radius = Math.max(5, window.innerWidth / 320);
    for (const [id, lng, lat, light] of points.toReversed()) {
      const point = L.circleMarker([lat, lng], { renderer, radius, weight: 1, color: colour("--ym-ground"), fillColor: colour(TONES[light]), fillOpacity: 1, interactive: Boolean(href) });
      if (href) point.on("click", () => { location.assign(href.replace("{id}", id)); });
      point.addTo(layer);
      if (known && !known.has(id)) pulse(L, map, [lat, lng]);
    }
    known = new Set(points.map(([id]) => id));
  };
}

async function chart(board, canvas) {
  await Promise.all([library(canvas.dataset.library), stylesheet(canvas.dataset.stylesheet)]);
  const L = window.L;
  const map = L.map(canvas, {
    preferCanvas: true, zoomControl: false, attributionControl: false, zoomSnap: 0.1, scrollWheelZoom: false,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  map.setView([0, 0], 1);
  const bounds = outlines(L, map, read("wall-ground"));
  const fit = () => {
    map.invalidateSize();
    if (bounds) map.fitBounds(bounds, { padding: [12, 12] });
  };
  fit();
  const draw = drawing(L, map);
  draw(read("wall-points"));
  board.addEventListener("htmx:afterSettle", () => draw(read("wall-points")));
  new ResizeObserver(fit).observe(canvas);
}

function clock(place) {
  const show = () => {
    place.textContent = new Date().toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium", timeZone: "Asia/Shanghai" });
  };
  show();
  setInterval(show, 1000);
}

export function wake(root) {
  for (const board of root.querySelectorAll("[data-wall]:not([data-awake])")) {
    board.dataset.awake = "";
    refreshing(board);
    chart(board, document.querySelector("[data-wall-map]"));
    clock(document.querySelector("[data-wall-clock]"));
  }
}
