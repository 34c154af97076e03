/* Maps: Leaflet on canvas. Areas and points come as data; a picking map writes two hidden boxes. The page always asks
   for the address in words too, so nobody needs this. */

import { colour, library, stylesheet } from "./library.js";
import { say } from "./words.js";

const TONES = {
  blue: "--ym-blue-mark",
  green: "--ym-green-mark",
  amber: "--ym-amber-mark",
  red: "--ym-red-mark",
  neutral: "--ym-neutral-mark",
};
const DIGITS = 6;
const CLOSE = 13;
const MOST_NAMES = 40;

function text(entry) {
  const holder = document.createElement("span");
  holder.textContent = entry.label;
  if (!entry.href) return holder;
  const link = document.createElement("a");
  link.href = entry.href;
  link.textContent = entry.label;
  const frame = document.createElement("div");
  frame.append(link);
  return frame;
}

function shapeStyle(shape) {
  if (shape.kind === "outline") return { color: colour("--ym-map-outline"), weight: 3, fill: false };
  return {
    color: colour("--ym-map-line"),
    weight: 1,
    fillColor: colour(TONES[shape.tone] ?? "--ym-map-area"),
    fillOpacity: shape.tone ? 0.35 : 0.85,
  };
}

function pointStyle(point) {
  return {
    radius: 7 + 3 * Math.log2(point.count),
    color: colour("--ym-surface"),
    weight: 2,
    fillColor: colour(TONES[point.tone] ?? TONES.blue),
    fillOpacity: 1,
  };
}

/* On a map one picks from, a point is a place's name to find one's way by. */
function name(L, map, point) {
  const style = () => ({ radius: 3, stroke: false, fillColor: colour("--ym-map-line"), fillOpacity: 1 });
  const layer = L.circleMarker([point.lat, point.lng], { ...style(), interactive: false });
  layer.bindTooltip(text({ label: point.label }), { permanent: true, direction: "top", className: "map-name" }).addTo(map);
  return [layer, style];
}

function drawLayers(L, map, sheet, picks) {
  const layers = [];
  /* A map of a few areas and nothing else says their names; where there are marks, a name shows when one points at it. */
  const permanent = !sheet.points.length && sheet.shapes.length < MOST_NAMES;
  for (const shape of sheet.shapes) {
    const layer = L.geoJSON(shape.geometry, { style: shapeStyle(shape), interactive: !picks && Boolean(shape.label || shape.href) });
    const says = permanent && shape.kind === "area" ? { permanent, direction: "center", className: "map-name" } : { sticky: true };
    if (shape.label && !picks) layer.bindTooltip(text({ label: shape.label }), says);
    if (shape.href && !picks) layer.on("click", () => { location.assign(shape.href); });
    layer.addTo(map);
    layers.push([layer, () => shapeStyle(shape)]);
  }
  for (const point of sheet.points) {
    if (picks) {
      layers.push(name(L, map, point));
      continue;
    }
    const layer = L.circleMarker([point.lat, point.lng], pointStyle(point));
    layer.bindPopup(text(point));
    if (point.count > 1) layer.bindTooltip(text({ label: point.count }), { permanent: true, direction: "center", className: "map-count" });
    else layer.bindTooltip(text({ label: point.label }));
    layer.addTo(map);
    layers.push([layer, () => pointStyle(point)]);
  }
  return layers;
}

/* Names stay within the map; those that would lie over others, or far outside, wait until the map is closer. */
function thinNames(canvas) {
  const taken = [];
  const room = canvas.getBoundingClientRect();
  const labels = [...canvas.querySelectorAll(".map-name")];
  for (const label of labels) label.classList.remove("map-name-hidden");
  for (const label of labels) {
    label.style.marginLeft = "";
    const drawn = label.getBoundingClientRect();
    const shift = Math.max(0, room.left + 4 - drawn.left) - Math.max(0, drawn.right + 4 - room.right);
    if (shift) label.style.marginLeft = `${shift}px`;
    const box = label.getBoundingClientRect();
    const hits = Math.abs(shift) > drawn.width / 2 || taken.some((t) => box.left < t.right && box.right > t.left && box.top < t.bottom && box.bottom > t.top);
    label.classList.toggle("map-name-hidden", hits);
    if (!hits) taken.push(box);
  }
}

/* What the map should show whole: the areas drawn on it, or on a map one picks from the outline. */
function frameOf(sheet, layers, picks) {
  if (sheet.tiles) return [];
  const of = (kind) => sheet.shapes.flatMap((shape, index) => (shape.kind === kind ? [layers[index][0]] : []));
  const areas = of("area");
  const points = sheet.points.length > 1 && !picks ? layers.slice(sheet.shapes.length).map(([layer]) => layer) : [];
  if (!areas.length && points.length) return points;
  return areas.length || !picks ? areas : of("outline");
}

/* Whether a ring of [longitude, latitude] goes round a place: a ray to the east crosses it an odd number of times. */
function rounds(ring, { lng, lat }) {
  let inside = false;
  ring.forEach(([x, y], index) => {
    const [u, v] = ring.at(index - 1);
    if (y > lat !== v > lat && lng < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
  });
  return inside;
}

/* The area of the map that a place lies in, by name. */
function areaOf(sheet, place) {
  const holds = ({ type, coordinates }) => (type === "MultiPolygon" ? coordinates : [coordinates]).some(([ring]) => rounds(ring, place));
  return sheet.shapes.find((shape) => shape.kind === "area" && shape.label && holds(shape.geometry))?.label;
}

function picking(L, map, frame, canvas, sheet) {
  const boxes = { lng: frame.querySelector("[data-map-lng]"), lat: frame.querySelector("[data-map-lat]") };
  const said = frame.querySelector("[data-map-said]");
  const icon = document.createElement("i");
  icon.className = "bi bi-geo-alt-fill";
  const pin = L.marker([0, 0], {
    draggable: true,
    keyboard: false,
    alt: say("map_pin"),
    icon: L.divIcon({ className: "map-pin", html: icon, iconSize: [36, 36], iconAnchor: [18, 34] }),
  });

  function put(place, tell = true) {
    boxes.lng.value = place.lng.toFixed(DIGITS);
    boxes.lat.value = place.lat.toFixed(DIGITS);
    pin.setLatLng(place).addTo(map);
    const area = areaOf(sheet, place);
    const degrees = `${boxes.lng.value}, ${boxes.lat.value}`;
    if (tell) said.textContent = say("map_here", { place: area ? `${area} (${degrees})` : degrees });
    boxes.lng.dispatchEvent(new Event("change", { bubbles: true }));
  }

  pin.on("dragend", () => put(pin.getLatLng()));
  map.on("click", (event) => {
    put(event.latlng);
    if (map.getZoom() < CLOSE) map.setView(event.latlng, CLOSE);
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== canvas) return;
    event.preventDefault();
    put(map.getCenter());
  });
  canvas.classList.add("map-picks");
  if (boxes.lng.value && boxes.lat.value) {
    const place = L.latLng(Number(boxes.lat.value), Number(boxes.lng.value));
    put(place, false);
    map.setView(place, Math.max(map.getZoom(), 15));
  }
  const locate = () => {
    said.textContent = say("map_locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const place = L.latLng(coords.latitude, coords.longitude);
        map.setView(place, 16);
        put(place);
      },
      () => { said.textContent = say("map_failed"); },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
    );
  };
  frame.querySelector("[data-map-locate]")?.addEventListener("click", locate);
  if ("mapLocates" in frame.dataset && !boxes.lng.value) locate();
}

async function draw(frame) {
  await Promise.all([library(frame.dataset.library), stylesheet(frame.dataset.stylesheet)]);
  const L = window.L;
  const sheet = JSON.parse(document.getElementById(frame.dataset.map).textContent);
  const canvas = frame.querySelector("[data-map-canvas]");
  const picks = Boolean(frame.querySelector("[data-map-lng]"));
  const map = L.map(canvas, {
    preferCanvas: true,
    zoomControl: false,
    zoomSnap: 0.25,
    attributionControl: Boolean(sheet.attribution),
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.zoom({ zoomInTitle: say("map_zoom_in"), zoomOutTitle: say("map_zoom_out") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.setView(sheet.centre, sheet.zoom);
  if (sheet.tiles) L.tileLayer(sheet.tiles, { attribution: sheet.attribution, maxZoom: 18 }).addTo(map);
  const layers = drawLayers(L, map, sheet, picks);
  const inside = frameOf(sheet, layers, picks);
  if (inside.length) map.fitBounds(L.featureGroup(inside).getBounds(), { padding: [8, 8] });
  map.on("zoomend moveend resize", () => thinNames(canvas));
  thinNames(canvas);
  if (picks) {
    picking(L, map, frame, canvas, sheet);
  }
  document.addEventListener("yimen:theme", () => {
    for (const [layer, style] of layers) layer.setStyle(style());
  });
  /* On paper the map has no size, and Leaflet cannot do with none. */
  new ResizeObserver(() => { if (canvas.clientWidth && canvas.clientHeight) map.invalidateSize(); }).observe(canvas);
}

export function wake(root) {
  for (const frame of root.querySelectorAll("[data-map]:not([data-awake])")) {
    frame.dataset.awake = "";
    draw(frame);
  }
}
