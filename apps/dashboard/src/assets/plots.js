// uPlot in place of each plot's picture: the values under the pointer stand in the legend, dragging zooms. Without this script the
// picture stays; the table beside it has all values either way.

const height = 190;

/** `12.3K`, as the page writes it. */
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

const writers = {
  messages: (value) => (value < 10_000 ? String(Math.round(value)) : short.format(value)),
  seconds(value) {
    if (value >= 3600) return `${short.format(value / 3600)} h`;
    if (value >= 60) return `${short.format(value / 60)} min`;
    return value >= 1 || value === 0 ? `${short.format(value)} s` : `${Math.round(value * 1000)} ms`;
  },
};

const timeForms = {
  minutes: { timeStyle: "short" },
  hour: { dateStyle: "medium", timeStyle: "short" },
  day: { dateStyle: "medium", timeZone: "UTC" },
};

/** What each layer of bars adds to those below it. */
function stack(values) {
  const sums = values[0].map(() => 0);
  return values.map((layer) =>
    layer.map((value, index) => {
      sums[index] += value ?? 0;
      return sums[index];
    }),
  );
}

for (const figure of document.querySelectorAll("[data-plot]")) {
  const { times, values, form, unit, point } = JSON.parse(figure.dataset.plot);
  const frame = figure.querySelector(".frame");
  const labels = [...figure.querySelectorAll(".legend li")];
  const write = writers[unit];
  const isBars = form === "bars";
  // The largest sum is drawn first, so that each smaller one covers its part of it.
  const order = isBars ? labels.map((_, index) => index).reverse() : labels.map((_, index) => index);
  const barWidth = (times[1] ?? times[0] + 1) - times[0];
  const drawn = isBars ? stack(values) : values;

  const reading = document.createElement("p");
  reading.className = "reading";
  const hint = "Drag to zoom";
  const text = document.createElement("span");
  text.textContent = hint;
  const reset = document.createElement("button");
  reset.type = "button";
  reset.textContent = "Show all";
  reset.hidden = true;
  reading.append(text, reset);

  const readings = labels.map((label) => label.appendChild(document.createElement("b")));
  let plot;

  const showValues = ({ cursor: { idx } }) => {
    const isOn = idx !== null && idx !== undefined;
    text.textContent = isOn ? new Date(times[idx] * 1000).toLocaleString([], timeForms[point]) : hint;
    for (const [index, place] of readings.entries()) {
      const value = isOn ? values[index][idx] : undefined;
      place.textContent = value === undefined || value === null ? "" : write(value);
    }
  };

  function draw() {
    const quiet = getComputedStyle(text).color;
    const grid = { stroke: getComputedStyle(figure).borderTopColor, width: 1 };
    const colourOf = (index) => getComputedStyle(labels[index], "::before").backgroundColor;
    const axis = { stroke: quiet, grid, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    plot?.destroy();
    plot = new uPlot(
      {
        width: frame.clientWidth,
        height,
        legend: { show: false },
        cursor: { y: false, points: { show: !isBars }, drag: { x: true, y: false, setScale: true } },
        ...(point === "day" && { tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") }),
        scales: {
          ...(isBars && { x: { range: (_plot, min, max) => [min - barWidth / 2, max + barWidth / 2] } }),
          y: { range: (_plot, _min, max) => [0, Math.max(unit === "messages" ? 1 : 0.1, max * 1.08)] },
        },
        axes: [
          { ...axis, grid: { show: false }, size: 40 },
          {
            ...axis,
            size: 58,
            values: (_plot, splits) =>
              splits.map((value) => (unit === "messages" && value % 1 !== 0 ? "" : write(value))),
          },
        ],
        series: [
          {},
          ...order.map((index) => ({
            stroke: colourOf(index),
            width: isBars ? 0 : 2,
            spanGaps: true,
            points: { show: !isBars && times.length < 4 },
            ...(isBars && { fill: colourOf(index), paths: uPlot.paths.bars({ size: [0.76, 40] }) }),
          })),
        ],
        hooks: {
          setCursor: [showValues],
          setScale: [
            (shown) => {
              const { min, max } = shown.scales.x;
              reset.hidden = min <= times[0] && max >= times.at(-1);
            },
          ],
        },
      },
      [times, ...order.map((index) => drawn[index])],
      frame,
    );
  }

  figure.querySelector(".times").replaceWith(reading);
  frame.replaceChildren();
  frame.setAttribute("aria-hidden", "true");
  draw();
  reset.addEventListener("click", () => plot.setScale("x", { min: times[0], max: times.at(-1) }));
  new ResizeObserver(() => {
    if (frame.clientWidth > 0 && frame.clientWidth !== plot.width)
      plot.setSize({ width: frame.clientWidth, height });
  }).observe(frame);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
