import { type Findings, findResult } from "./findings.ts";
import { type Contender, contenderNames } from "./plan.ts";

const contenders: Contender[] = ["ours", "plain-200", "plain-50", "customerio-node"];
const groups = [
  { posting: "singles", delayMs: 50, title: "Single messages, destination answers after 50 ms" },
  { posting: "twenties", delayMs: 50, title: "Twenty messages a request, 50 ms" },
  { posting: "singles", delayMs: 0, title: "Single messages, destination answers at once" },
  { posting: "twenties", delayMs: 0, title: "Twenty messages a request, at once" },
] as const;

const width = 760;
const labelWidth = 215;
const valueWidth = 75;
const barHeight = 16;
const barGap = 6;
const titleHeight = 30;
const groupGap = 14;

type Bar = { contender: Contender; perSecond: number };

/** Messages delivered a second as bars, in an SVG that suits a light and a dark page alike. */
export function drawPlot(findings: Findings): string {
  const rows = groups.map(({ posting, delayMs, title }) => {
    const bars = contenders.flatMap((contender): Bar[] => {
      const result = findResult(findings, contender, posting, delayMs);
      return result ? [{ contender, perSecond: result.full.perSecond }] : [];
    });
    return { title, bars };
  });
  const most = Math.max(...rows.flatMap(({ bars }) => bars.map(({ perSecond }) => perSecond)));
  let top = 40;
  const drawn = rows.map(({ title, bars }) => {
    const text = drawGroup({ title, bars, top, most });
    top += titleHeight + bars.length * (barHeight + barGap) + groupGap;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" aria-labelledby="title">
<title id="title">Messages delivered a second by customerio-router and by others</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.heading { font-size: 16px; font-weight: 600; }
.group { font-weight: 600; }
.value { font-variant-numeric: tabular-nums; }
.bar { fill: #8c959f; }
.ours { fill: #1a7f5a; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .bar { fill: #6e7681; }
  .ours { fill: #3fb68b; }
}
</style>
<text class="heading" x="0" y="20">Messages delivered a second</text>
${drawn.join("\n")}
</svg>
`;
}

function drawGroup(options: { title: string; bars: Bar[]; top: number; most: number }): string {
  const { title, bars, top, most } = options;
  const drawn = bars.map(({ contender, perSecond }, index) => {
    const y = top + titleHeight + index * (barHeight + barGap);
    const length = Math.max(1, (perSecond / most) * (width - labelWidth - valueWidth));
    const baseline = y + barHeight - 3;
    const kind = contender === "ours" ? "bar ours" : "bar";
    return `<text x="0" y="${baseline}">${contenderNames[contender]}</text>
<rect class="${kind}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>
<text class="value" x="${(labelWidth + length + 6).toFixed(1)}" y="${baseline}">${Math.round(perSecond).toLocaleString("en")}</text>`;
  });
  return `<text class="group" x="0" y="${top + 18}">${title}</text>\n${drawn.join("\n")}`;
}
