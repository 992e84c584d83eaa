import { type Html, html } from "../page/html.ts";
import { timeMark } from "../page/time-mark.ts";

/** One line or one layer of bars. */
type Series = {
  label: string;
  colour: string;
  /** Of each point; undefined where there is none. */
  values: (number | undefined)[];
};

type Plot = {
  id: string;
  title: string;
  /** Unix milliseconds at which each point begins. */
  times: number[];
  series: Series[];
  /** `lines` over each other, the first one filled; `bars` on top of each other. */
  form: "lines" | "bars";
  /** A value as people read it. */
  write: (value: number) => string;
  /** What the values are, for the browser's own plot. */
  unit?: "messages" | "seconds";
  /** What a point is: a stretch of minutes or an hour until now, or a UTC day. */
  point?: "minutes" | "hour" | "day";
  /** Stands beside the table. */
  more?: Html;
};

const width = 720;
const height = 160;

/**
 * A plot as SVG that stretches to its place; its texts stand beside it as HTML, so that they stay readable in every width. All
 * values stand in a table for who does not see the picture. Where scripts run, uPlot takes the picture's place, with the values
 * under the pointer and zoom.
 */
export function plot(options: Plot): Html {
  const { id, title, times, series, form, write } = options;
  const tops = times.map((_, index) => {
    const values = series.map(({ values }) => values[index] ?? 0);
    return form === "bars" ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  });
  const most = niceCeiling(Math.max(1, ...tops));
  const step = width / Math.max(1, times.length);
  const y = (value: number) => round(height - (value / most) * (height - 4));
  return html`<figure class="plot" aria-labelledby="${id}" data-plot="${forBrowser(options)}">
      <figcaption>
        <h2 id="${id}">${title}</h2>
        <ul class="legend">${series.map(({ label, colour }) => html`<li class="${colour}">${label}</li>`)}</ul>
      </figcaption>
      <div class="frame">
        <span class="most">${write(most)}</span>
        <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
          ${[0.5, 1].map((share) => html`<line class="grid" x1="0" x2="${width}" y1="${y(most * share)}" y2="${y(most * share)}"></line>`)}
          ${form === "bars" ? bars(series, { step, y }) : lines(series, { step, y })}
          <line class="floor" x1="0" x2="${width}" y1="${height}" y2="${height}"></line>
        </svg>
      </div>
      <div class="times">${marks(options)}</div>
      <details><summary>As a table</summary>${table(options)}</details>
      ${options.more ?? ""}
    </figure>`;
}

/** The first point, the middle one and the last. */
function marks({ times, point }: Plot): Html {
  const [first = 0] = times;
  const middle = times[Math.floor(times.length / 2)] ?? first;
  if (point !== "day") {
    const form = point === "hour" ? "day" : "minute";
    return html`${timeMark(first, form)}${timeMark(middle, form)}<span>now</span>`;
  }
  const days = [...new Set([first, middle, times.at(-1) ?? first])];
  return html`${days.map((atMs) => html`<span>${shortDay.format(atMs)}</span>`)}`;
}

const shortDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

function isoDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

type Scale = { step: number; y: (value: number) => number };

function lines(series: Series[], { step, y }: Scale): Html {
  const along = (values: Series["values"]) =>
    values.map((value, index) => `${round((index + 0.5) * step)},${y(value ?? 0)}`).join(" ");
  return html`${series.map(({ colour, values }, index) => {
    const last = round((values.length - 0.5) * step);
    const area = `${round(0.5 * step)},${height} ${along(values)} ${last},${height}`;
    return html`${index === 0 ? html`<polygon class="area ${colour}" points="${area}"></polygon>` : ""}<polyline class="line ${colour}" points="${along(values)}"></polyline>`;
  })}`;
}

function bars(series: Series[], { step, y }: Scale): Html {
  const [first] = series;
  return html`${(first?.values ?? []).map((_, index) => {
    let below = 0;
    return series.map(({ colour, values }) => {
      const value = values[index] ?? 0;
      if (value === 0) return "";
      const top = y(below + value);
      const bar = html`<rect class="column ${colour}" x="${round(index * step + step * 0.12)}" y="${top}" width="${round(step * 0.76)}" height="${round(y(below) - top)}"></rect>`;
      below += value;
      return bar;
    });
  })}`;
}

/** What uPlot draws: times in Unix seconds. */
function forBrowser({ times, series, form, unit = "messages", point = "minutes" }: Plot): string {
  return JSON.stringify({
    times: times.map((atMs) => atMs / 1000),
    values: series.map(({ values }) => values.map((value) => value ?? null)),
    form,
    unit,
    point,
  });
}

/** Only the points at which there was something. */
function table({ times, series, write, title, point }: Plot): Html {
  const rows = times
    .map((atMs, index) => ({ atMs, values: series.map(({ values }) => values[index]) }))
    .filter(({ values }) => values.some((value) => value !== undefined && value > 0));
  if (rows.length === 0) return html`<p class="hint">Nothing in this time.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table>
          <thead><tr><th scope="col">${point === "day" ? "Day" : "Time"}</th>${series.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
          <tbody>${rows.map(
            ({ atMs, values }) =>
              html`<tr><th scope="row">${point === "day" ? isoDay(atMs) : timeMark(atMs, "day")}</th>${values.map((value) => html`<td class="number">${value === undefined ? "–" : write(value)}</td>`)}</tr>`,
          )}</tbody>
        </table></div>`;
}

/** The next number that people count in. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (
    [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((candidate) => candidate >= value) ??
    value
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
