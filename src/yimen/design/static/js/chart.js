/* Charts in the page's own colours, as SVG. The same figures are in the table below each chart, which is what
   screen readers read and what remains when this file does not arrive. */

import { colour, library } from "./library.js";

const CHART_COLOURS = [1, 2, 3, 4, 5, 6].map((n) => `--ym-chart-${n}`);
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "arrow"];

/* What is 14 pixels on a page follows the page where its type is larger: large print, a wall. */
function size() {
  return parseFloat(getComputedStyle(document.body).fontSize) * 0.875;
}

function axis(extra) {
  return {
    axisLine: { lineStyle: { color: colour("--ym-line-strong") } },
    axisLabel: { color: colour("--ym-ink-muted"), hideOverlap: true, fontSize: size() * 0.86 },
    splitLine: { lineStyle: { color: colour("--ym-line") } },
    ...extra,
  };
}

function ring(figure, base) {
  const surface = colour("--ym-surface");
  return {
    ...base,
    tooltip: { ...base.tooltip, trigger: "item" },
    legend: { ...base.legend, show: true, orient: "vertical", right: 0, top: "middle", data: figure.labels },
    series: [{
      type: "pie",
      radius: ["45%", "75%"],
      center: ["35%", "50%"],
      label: { show: false },
      itemStyle: { borderColor: surface, borderWidth: 2 },
      data: figure.labels.map((name, index) => ({ name, value: figure.series[0]?.values[index] })),
    }],
  };
}

function option(figure) {
  const ink = colour("--ym-ink");
  const font = getComputedStyle(document.body);
  const base = {
    animation: false,
    color: CHART_COLOURS.map(colour),
    textStyle: { fontFamily: font.fontFamily, fontSize: size(), color: ink },
    legend: { show: figure.series.length > 1, textStyle: { color: ink, fontSize: size() * 0.86 }, itemGap: size(), top: 0 },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    grid: { left: 8, right: 24, top: figure.series.length > 1 ? size() * 2.5 : 16, bottom: 8, containLabel: true },
  };
  if (figure.kind === "donut") return ring(figure, base);
  const lying = figure.kind === "bars";
  const names = axis({ type: "category", data: figure.labels, inverse: lying, axisTick: { show: false } });
  const numbers = axis({ type: "value", minInterval: 1 });
  return {
    ...base,
    xAxis: lying ? numbers : names,
    yAxis: lying ? names : numbers,
    series: figure.series.map((row, index) => ({
      name: row.name,
      data: row.values,
      type: figure.kind === "line" ? "line" : "bar",
      symbol: SYMBOLS[index % SYMBOLS.length],
      symbolSize: 7,
      lineStyle: { width: 3 },
      barMaxWidth: 28,
      itemStyle: { borderRadius: figure.kind === "line" ? 0 : 3 },
      label: { show: figure.kind !== "line" && figure.series.length === 1, color: ink, position: lying ? "right" : "top" },
    })),
  };
}

async function draw(figureElement) {
  const figure = JSON.parse(document.getElementById(figureElement.dataset.chart).textContent);
  const canvas = figureElement.querySelector("[data-chart-canvas]");
  try {
    await library(figureElement.dataset.library);
  } catch {
    figureElement.classList.add("chart-failed");
    figureElement.querySelector("details").open = true;
    return;
  }
  const chart = window.echarts.init(canvas, null, { renderer: "svg" });
  chart.setOption(option(figure));
  new ResizeObserver(() => chart.resize()).observe(canvas);
  const redraw = () => chart.setOption(option(figure), true);
  document.addEventListener("yimen:theme", redraw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(redraw));
}

export function wake(root) {
  for (const figure of root.querySelectorAll("[data-chart]:not([data-awake])")) {
    figure.dataset.awake = "";
    draw(figure);
  }
}
