import { formatStoryLine, type Lan, type Outcome, type Scenario } from "../../../../simulator/index.js";
import { HOST_COLUMNS, hostRows } from "./host-rows.js";
import type { Traffic } from "./traffic.js";

/** Of the plot, in its own units. */
const WIDTH = 800;
const HEIGHT = 200;
const MARGIN = 80;

/** Text and lines keep WCAG AA's contrast in both. */
const STYLE = `:root { color-scheme: light dark; --text: #1c2330; --ground: #fff; --line: #c3cad6; --accent: #0b62c4; --bad: #b3261e; --good: #1a6b34 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ef; --ground: #14181f; --line: #434b59; --accent: #7ab8ff; --bad: #ff9c94; --good: #7fd99a }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto }
.met { color: var(--good) } .failed { color: var(--bad) }
svg { width: 100%; height: auto } svg text { fill: var(--text); font-size: 13px }
.grid { stroke: var(--line) } .plot { fill: none; stroke: var(--accent); stroke-width: 1.5 }
pre { overflow-x: auto; font-size: 13px }`;

/** What a run has come to, as one HTML file that needs nothing else, no script either. */
export function renderReport(
  { title, about }: Scenario,
  lan: Lan,
  traffic: Traffic,
  outcomes: readonly Outcome[],
): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
<h1>${escape(title)}</h1>
<p>${escape(about)}</p>
<p>Seed ${lan.seed}, ${seconds(lan.simulation.now())} of virtual time, ${lan.hosts.length} hosts.</p>
${outcomes.length === 0 ? "" : `<h2>What was expected</h2>\n<ul>\n${outcomes.map(outcomeItem).join("\n")}\n</ul>\n`}<h2>Traffic</h2>
${plot(traffic, lan.simulation.now())}
<h2>Hosts</h2>
<div class="scroll"><table>
<tr>${HOST_COLUMNS.map((name, at) => cell("th", name, at)).join("")}</tr>
${hostRows(lan, traffic)
  .map((row) => `<tr>${row.map((text, at) => cell("td", text, at)).join("")}</tr>`)
  .join("\n")}
</table></div>
<h2>What happened</h2>
<pre>${escape(lan.story.map(formatStoryLine).join("\n"))}</pre>
</html>
`;
}

function outcomeItem({ isMet, text, time, instead }: Outcome): string {
  const [kind, verdict] = isMet ? ["met", "✓"] : ["failed", "✗"];
  const why = isMet ? "" : `: ${instead}`;
  return `<li><span class="${kind}">${verdict}</span> ${escape(text)}, at ${seconds(time)}${escape(why)}</li>`;
}

function cell(tag: "td" | "th", text: string, at: number): string {
  return `<${tag}${at >= 4 ? ' class="number"' : ""}>${escape(text)}</${tag}>`;
}

/** Bytes a second over time, with the greatest and the axes named. */
function plot({ overTime: { step, bytes } }: Traffic, end: number): string {
  const rates = bytes.map((count) => (count * 1000) / step);
  const most = Math.max(1, ...rates);
  const x = (time: number): string => (MARGIN + (time / Math.max(end, 1)) * (WIDTH - MARGIN - 10)).toFixed(1);
  const y = (rate: number): string => (HEIGHT - 30 - (rate / most) * (HEIGHT - 50)).toFixed(1);
  const points = Array.from(
    { length: Math.max(Math.ceil(end / step), rates.length) },
    (_, at) => `${x(Math.min(at * step, end))},${y(rates[at] ?? 0)}`,
  );
  const label = `Traffic over time: at most ${Math.round(most)} bytes a second`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
<line class="grid" x1="${MARGIN}" x2="${WIDTH - 10}" y1="${y(0)}" y2="${y(0)}"/>
<line class="grid" x1="${MARGIN}" x2="${WIDTH - 10}" y1="${y(most)}" y2="${y(most)}"/>
<text x="${MARGIN - 6}" y="${y(most)}" dy="4" text-anchor="end">${compact(most)}B/s</text>
<text x="${MARGIN - 6}" y="${y(0)}" dy="4" text-anchor="end">0</text>
<text x="${MARGIN}" y="${HEIGHT - 8}">0 s</text>
<text x="${WIDTH - 10}" y="${HEIGHT - 8}" text-anchor="end">${seconds(end)}</text>
<polyline class="plot" points="${points.join(" ")}"/>
</svg>`;
}

function compact(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return value >= 1e3 ? `${(value / 1e3).toFixed(1)} k` : `${Math.round(value)} `;
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}

/** Names come from files and from the network. */
function escape(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character]!);
}
