/* Drawing grids: the text box holds them as GeoJSON, and everything here writes there. A corner that several grids share
   moves for all of them; the outer edge of what is drawn stays, a corner on it slides along. The server checks, joins and
   cuts. Without this script the text box, the check boxes and the line box do the same. */

import { colour, library, stylesheet } from "./library.js";
import { say } from "./words.js";

const DIGITS = 7;
const MOST_CORNERS = 500;
const STRAIGHT = 1e-9;

const key = ([x, y]) => `${x.toFixed(DIGITS)},${y.toFixed(DIGITS)}`;
const edgeKey = (a, b) => [key(a), key(b)].sort().join(" ");

function round(value) {
  return Number(value.toFixed(DIGITS));
}

/* The rings of a collection, open (the closing point is left out). */
function ringsOf(collection) {
  return collection.features.map((feature) => feature.geometry.coordinates[0].slice(0, -1));
}

/* Which corners there are, who has them, and which edges are the outer ones. */
function topology(rings) {
  const corners = new Map();
  const edges = new Map();
  rings.forEach((ring, owner) => {
    ring.forEach((point, index) => {
      const entry = corners.get(key(point)) ?? { point, places: [], outer: [] };
      entry.places.push([owner, index]);
      corners.set(key(point), entry);
      const next = ring[(index + 1) % ring.length];
      const edge = edges.get(edgeKey(point, next)) ?? { from: point, to: next, places: [] };
      edge.places.push([owner, index]);
      edges.set(edgeKey(point, next), edge);
    });
  });
  for (const edge of edges.values()) {
    if (edge.places.length > 1) continue;
    corners.get(key(edge.from)).outer.push(edge.to);
    corners.get(key(edge.to)).outer.push(edge.from);
  }
  return { corners: [...corners.values()], edges: [...edges.values()] };
}

/* The stretch along which a corner of the outer edge may slide, null when it must stay. */
function slide(corner) {
  const [a, b] = corner.outer;
  if (corner.outer.length !== 2 || corner.places.length < 2) return null;
  const [x, y] = corner.point;
  const bend = (a[0] - x) * (b[1] - y) - (a[1] - y) * (b[0] - x);
  return Math.abs(bend) < STRAIGHT ? [a, b] : null;
}

function onto([a, b], [x, y]) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const part = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy);
  const kept = Math.min(0.98, Math.max(0.02, part));
  return [a[0] + kept * dx, a[1] + kept * dy];
}

class Drawing {
  constructor(L, form) {
    this.L = L;
    this.form = form;
    this.box = form.querySelector("[data-draw-geojson]");
    this.lineBox = form.querySelector("[data-draw-line]");
    this.viewBox = form.querySelector("[data-draw-view]");
    this.said = form.querySelector("[data-draw-said]");
    this.undoButton = form.querySelector("[data-draw-undo]");
    this.canvas = form.querySelector("[data-draw-canvas]");
    this.wrong = JSON.parse(document.getElementById("draw-wrong").textContent);
    this.past = [];
    this.isDrawingLine = false;
    this.map = L.map(this.canvas, { zoomControl: false, attributionControl: false, zoomSnap: 0.25, doubleClickZoom: false });
    L.control.zoom({ zoomInTitle: say("map_zoom_in"), zoomOutTitle: say("map_zoom_out") }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    this.areas = L.layerGroup().addTo(this.map);
    this.handles = L.layerGroup().addTo(this.map);
    this.marks = L.layerGroup().addTo(this.map);
    this.read();
    this.map.setView([0, 0], 1);
    const bounds = L.latLngBounds(this.rings.flat().map(([x, y]) => [y, x]));
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [16, 16] });
    this.look(bounds);
    this.show();
    this.listen();
  }

  /* A page that comes back shows what was looked at before, unless the drawing lies elsewhere now. */
  look(bounds) {
    const [lat, lng, zoom] = this.viewBox.value.split(",").map(Number);
    if (Number.isFinite(zoom) && bounds.isValid()) {
      const fitted = [this.map.getCenter(), this.map.getZoom()];
      this.map.setView([lat, lng], zoom, { animate: false });
      if (!this.map.getBounds().intersects(bounds)) this.map.setView(...fitted, { animate: false });
    }
    this.map.on("moveend", () => {
      const center = this.map.getCenter();
      this.viewBox.value = [round(center.lat), round(center.lng), this.map.getZoom()].join();
    });
  }

  /* What the server refused to read is shown as text only. */
  read() {
    try {
      this.collection = JSON.parse(this.box.value);
      this.rings = ringsOf(this.collection);
    } catch {
      this.collection = { features: [] };
      this.rings = [];
    }
  }

  keep() {
    this.past.push(this.box.value);
    this.undoButton.disabled = false;
  }

  write() {
    this.collection.features.forEach((feature, n) => {
      feature.geometry.coordinates = [[...this.rings[n], this.rings[n][0]]];
    });
    this.box.value = JSON.stringify(this.collection);
    this.said.textContent = say("draw_moved");
    this.box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  chosen(n) {
    return this.form.querySelector(`[name=chosen][value="${n}"]`);
  }

  style(n) {
    const isChosen = this.chosen(n)?.checked;
    return {
      color: colour(isChosen ? "--ym-blue-mark" : "--ym-map-line"), weight: isChosen ? 3 : 1.5,
      fillColor: colour(isChosen ? "--ym-blue-mark" : "--ym-map-area"), fillOpacity: isChosen ? 0.3 : 0.8,
    };
  }

  show() {
    const { L } = this;
    this.areas.clearLayers();
    this.rings.forEach((ring, n) => {
      const area = L.polygon(ring.map(([x, y]) => [y, x]), this.style(n)).addTo(this.areas);
      const name = document.createElement("span");
      name.textContent = this.form.querySelector(`[name="name-${n}"]`)?.value || n + 1;
      area.bindTooltip(name, { permanent: this.rings.length < 40, direction: "center", className: "map-name" });
      area.on("click", (event) => {
        if (this.isDrawingLine) return;
        L.DomEvent.stopPropagation(event);
        const box = this.chosen(n);
        if (!box) return;
        box.checked = !box.checked;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      });
    });
    this.showHandles();
    this.showMarks();
  }

  showHandles() {
    const { L } = this;
    this.handles.clearLayers();
    const { corners, edges } = topology(this.rings);
    const isMany = corners.length > MOST_CORNERS;
    if (isMany) this.said.textContent = say("draw_too_many");
    const wanted = (places) => !isMany || places.some(([owner]) => this.chosen(owner)?.checked);
    for (const corner of corners) {
      if (!wanted(corner.places)) continue;
      const track = corner.outer.length ? slide(corner) : null;
      if (corner.outer.length && !track) continue;
      this.handle(corner.point, "draw-corner", (place) => this.move(corner, track ? onto(track, place) : place), () => this.remove(corner));
    }
    for (const edge of edges) {
      if (edge.places.length < 2 || !wanted(edge.places)) continue;
      const middle = [(edge.from[0] + edge.to[0]) / 2, (edge.from[1] + edge.to[1]) / 2];
      this.handle(middle, "draw-middle", (place, isFirst) => (isFirst ? this.insert(edge, place) : this.move(edge.corner, place)));
    }
  }

  handle([x, y], className, drag, remove) {
    const { L } = this;
    const marker = L.marker([y, x], { draggable: true, keyboard: false, icon: L.divIcon({ className, iconSize: [18, 18] }) });
    let isFirst = true;
    marker.on("dragstart", () => this.keep());
    marker.on("drag", () => {
      const { lat, lng } = marker.getLatLng();
      drag([round(lng), round(lat)], isFirst);
      isFirst = false;
      this.areas.eachLayer((layer) => layer.setLatLngs(this.rings[this.areas.getLayers().indexOf(layer)].map(([a, b]) => [b, a])));
    });
    marker.on("dragend", () => {
      this.write();
      this.show();
    });
    if (remove) marker.on("dblclick", remove);
    marker.addTo(this.handles);
  }

  move(corner, place) {
    const point = place.map(round);
    for (const [owner, index] of corner.places) this.rings[owner][index] = point;
    corner.point = point;
  }

  /* A new corner in the middle of an edge, in both grids that share it. Later places first, so that indexes hold. */
  insert(edge, place) {
    edge.corner = { point: place, places: [] };
    for (const [owner, index] of edge.places.toSorted((a, b) => b[1] - a[1])) {
      this.rings[owner].splice(index + 1, 0, place);
      edge.corner.places.push([owner, index + 1]);
    }
  }

  /* A corner that only bends one line between two grids can go. */
  remove(corner) {
    const owners = new Set(corner.places.map(([owner]) => owner));
    const isBend = corner.outer.length === 0 && corner.places.length === 2 && owners.size === 2;
    if (!isBend || corner.places.some(([owner]) => this.rings[owner].length < 4)) return;
    this.keep();
    for (const [owner, index] of corner.places) this.rings[owner].splice(index, 1);
    this.write();
    this.show();
  }

  undo() {
    const before = this.past.pop();
    this.undoButton.disabled = !this.past.length;
    if (before === undefined) return;
    this.box.value = before;
    this.read();
    this.show();
  }

  line() {
    const points = this.lineBox.value.trim().split(/\s+/).map((pair) => pair.split(",").map(Number));
    return points.filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
  }

  showMarks() {
    const { L } = this;
    this.marks.clearLayers();
    const red = { color: colour("--ym-red-mark"), weight: 3, fillColor: colour("--ym-red-mark"), fillOpacity: 0.5, interactive: false };
    for (const shape of this.wrong) L.geoJSON(shape, { style: red, interactive: false }).addTo(this.marks);
    const line = this.line().map(([x, y]) => [y, x]);
    if (line.length) L.polyline(line, { color: colour("--ym-red-mark"), weight: 3, dashArray: "6 6", interactive: false }).addTo(this.marks);
    for (const place of line) L.circleMarker(place, { radius: 4, color: colour("--ym-red-mark"), fillOpacity: 1, interactive: false }).addTo(this.marks);
  }

  listen() {
    this.form.addEventListener("change", (event) => {
      if (event.target.name === "chosen") this.show();
      else if (event.target === this.lineBox) this.showMarks();
    });
    this.undoButton.addEventListener("click", () => this.undo());
    this.form.querySelector("[data-draw-begin]").addEventListener("click", (event) => {
      this.isDrawingLine = !this.isDrawingLine;
      event.currentTarget.setAttribute("aria-pressed", String(this.isDrawingLine));
      if (this.isDrawingLine) {
        this.lineBox.value = "";
        this.said.textContent = say("draw_line");
      }
      this.handles.eachLayer((layer) => { layer.setOpacity(this.isDrawingLine ? 0 : 1); });
      this.canvas.classList.toggle("map-picks", this.isDrawingLine);
      this.showMarks();
    });
    this.map.on("click", ({ latlng }) => {
      if (!this.isDrawingLine) return;
      this.lineBox.value = `${this.lineBox.value} ${round(latlng.lng)},${round(latlng.lat)}`.trim();
      this.showMarks();
    });
    document.addEventListener("yimen:theme", () => this.show());
    new ResizeObserver(() => this.map.invalidateSize()).observe(this.canvas);
  }
}

export async function wake(root) {
  for (const form of root.querySelectorAll("[data-draw]:not([data-awake])")) {
    form.dataset.awake = "";
    await Promise.all([library(form.dataset.library), stylesheet(form.dataset.stylesheet)]);
    new Drawing(window.L, form);
  }
}
