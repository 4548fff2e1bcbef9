import type { DhcpChangeReason } from "../dhcp/index.js";
import { encodeUtf8, type EncodeUtf8 } from "../host/index.js";
import type { HttpResponse } from "../http/server/index.js";
import type { DhcpOptionStatus } from "./dhcp-status.js";
import { escapeHtml, formatBytes, formatDuration, formatWait } from "./format.js";
import { PAGE_SCRIPT } from "./page-script.js";
import { PAGE_STYLE } from "./page-style.js";
import type { DeviceStatus } from "./status.js";

/** What stands where nothing is known: an em dash. The page is ASCII, which costs least to encode. */
const UNKNOWN = "&mdash;";

/** Why the address is what it is. */
const CHANGES: Readonly<Record<DhcpChangeReason, string>> = Object.freeze({
  bound: "new lease",
  renewed: "lease renewed",
  rebound: "lease extended",
  rebooted: "lease confirmed",
  resumed: "no server, lease goes on",
  "link-local": "no server answered",
  expired: "lease expired",
  nak: "refused by the server",
  conflict: "taken by another host",
  released: "address given back",
  stopped: "stopped",
});

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E" +
  "%3Crect width='8' height='8' rx='2' fill='%230b8276'/%3E%3Ccircle cx='4' cy='4' r='1.5' fill='%23fff'/%3E%3C/svg%3E";

/** How each page begins and ends: bytes, which stay in flash where this module is preloaded. */
const BEGINNING = encodeUtf8(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="${ICON}">
<style>${PAGE_STYLE}</style>
`);
const END = encodeUtf8(`<script>${PAGE_SCRIPT}</script>
</body>
</html>
`);

/** Another page of the device. */
export interface PageLink {
  /** Without a slash at its end. */
  readonly path: string;
  readonly title: string;
}

/** Sends the device's page: one document without outside assets. */
export function sendPage(
  status: DeviceStatus,
  links: readonly PageLink[] | undefined,
  response: HttpResponse,
  encode: EncodeUtf8,
): void {
  const middle = encode(renderMiddle(status, links));
  response.header("Content-Type", "text/html; charset=utf-8");
  response.length = BEGINNING.length + middle.length + END.length;
  response.write(BEGINNING);
  response.write(middle);
  response.write(END);
  response.end();
}

/** What differs, from the title on. */
function renderMiddle(status: DeviceStatus, links: readonly PageLink[] | undefined): string {
  const name = escapeHtml(status.hostname);
  return `<title>${name}</title>
</head>
<body>
<main>
<section class="hero">
<div class="top"><b>${name}</b><span class="live" id="live">online</span></div>
<p>${status.dhcp.source === "link-local" ? "Link-local IP address" : "IP address"}</p>
<h1>${status.ip ?? "none"}${status.prefixLength === null ? "" : `<small>/${status.prefixLength}</small>`}</h1>
</section>
${section("Network", rows(networkRows(status)))}
${section("Address lease", leaseMeter(status) + rows(leaseRows(status)))}
${section("Device", memoryMeter(status) + rows(deviceRows(status)))}
${optionsSection(status)}<footer>The same as JSON: <a href="/api/status">/api/status</a>${links === undefined ? "" : links.map(link).join("")}</footer>
</main>
`;
}

/** A label, its value, and the id by which the script finds the value. */
type Row = readonly [label: string, value: string | null, id?: string];

function networkRows(status: DeviceStatus): Row[] {
  return [
    ["MAC", status.mac],
    ["Subnet mask", status.mask],
    ["Gateway", status.gateway],
    ["DNS", status.dns.length === 0 ? null : status.dns.join(", ")],
  ];
}

function leaseRows({ dhcp }: DeviceStatus): Row[] {
  if (dhcp.source === "static") return [["DHCP", "not used, static address"]];
  if (dhcp.state === null) return [["DHCP", "by the platform"]];
  const list: Row[] = [["DHCP", dhcp.state]];
  if (dhcp.source === "link-local") list.push(["Address", "link-local, self-chosen"]);
  else list.push(["Server", dhcp.server]);
  if (dhcp.server !== null && dhcp.leaseSeconds === null) list.push(["Lease", "does not end"]);
  const { renewalSecondsLeft, rebindingSecondsLeft, probed, lastChange } = dhcp;
  if (renewalSecondsLeft !== null) list.push(["Renewal (T1)", formatWait(renewalSecondsLeft), "t1"]);
  if (rebindingSecondsLeft !== null) list.push(["Rebinding (T2)", formatWait(rebindingSecondsLeft), "t2"]);
  if (probed !== null) list.push(["Probe", probed ? "nobody else has it" : "address not probed"]);
  if (lastChange !== null) {
    list.push(["Last change", `${formatDuration(lastChange.secondsAgo)} ago`, "ago"]);
    list.push(["Reason", CHANGES[lastChange.reason]]);
  }
  return list;
}

function deviceRows(status: DeviceStatus): Row[] {
  const list: Row[] = [
    ["Host name", status.hostname],
    ["Uptime", formatDuration(status.uptimeSeconds), "uptime"],
    ["Platform", status.platform],
  ];
  if (status.lastError !== null) list.push(["Restarted after", status.lastError]);
  return list;
}

function link({ path, title }: PageLink): string {
  return ` &middot; <a href="${path}/">${title}</a>`;
}

function leaseMeter({ dhcp }: DeviceStatus): string {
  const { leaseSeconds, leaseSecondsLeft } = dhcp;
  if (leaseSeconds === null || leaseSecondsLeft === null) return "";
  const left = formatDuration(leaseSecondsLeft);
  return meter("lease", left, `left of ${formatDuration(leaseSeconds)}`, leaseSecondsLeft / leaseSeconds);
}

function memoryMeter({ memory }: DeviceStatus): string {
  const { used, total } = memory;
  const rest = total === undefined ? "memory in use" : `of ${formatBytes(total)} memory in use`;
  return meter("memory", formatBytes(used), rest, total === undefined ? undefined : used / total);
}

function optionsSection({ dhcp: { options } }: DeviceStatus): string {
  if (options.length === 0) return "";
  return section("DHCP options", rows(options.map(optionRow)), "wide");
}

function optionRow({ code, name, value }: DhcpOptionStatus): Row {
  return [`${name ?? "Option"} <small>${code}</small>`, value];
}

function section(title: string, content: string, style?: string): string {
  const opening = style === undefined ? "<section>" : `<section class="${style}">`;
  return `${opening}\n<h2>${title}</h2>\n${content}</section>`;
}

function rows(list: Row[]): string {
  let text = "<dl>\n";
  for (const each of list) text += row(each);
  return `${text}</dl>\n`;
}

function row([label, value, id]: Row): string {
  const text = value === null ? UNKNOWN : escapeHtml(value);
  return `<div><dt>${label}</dt><dd${id === undefined ? "" : ` id="${id}"`}>${text}</dd></div>\n`;
}

/** @param part how much of the bar is full, 0 to 1; undefined for no bar */
function meter(id: string, value: string, rest: string, part: number | undefined): string {
  const width = part === undefined ? 0 : Math.round(1000 * Math.min(1, part)) / 10;
  const bar =
    part === undefined ? "" : `<div class="bar"><i id="${id}-bar" style="width:${width}%"></i></div>`;
  return `<div class="meter"><p><b id="${id}">${value}</b><span>${rest}</span></p>${bar}</div>\n`;
}
