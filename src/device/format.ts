import { Pattern } from "../host/index.js";
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** "45 s", "12 min 5 s", "6 h", "3 d 4 h". The page's script says it in the same words. */
export function formatDuration(seconds: number): string {
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return twoUnits(seconds, MINUTE, "min", 1, "s");
  if (seconds < DAY) return twoUnits(seconds, HOUR, "h", MINUTE, "min");
  return twoUnits(seconds, DAY, "d", HOUR, "h");
}

/** `formatDuration`, of a time to wait: "now" when it is over. The page's script says it in the same words. */
export function formatWait(seconds: number): string {
  return seconds === 0 ? "now" : `in ${formatDuration(seconds)}`;
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
}

/** "812 B", "48 KiB", "12.5 MiB", "4.0 GiB". The page's script says it in the same words. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < MIB) return `${Math.round(bytes / KIB)} KiB`;
  if (bytes < GIB) return `${(bytes / MIB).toFixed(1)} MiB`;
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

const UNSAFE = new Pattern(() => /[&<>"']/);

/** Makes text safe in HTML, in attributes too. */
export function escapeHtml(text: string): string {
  // Nearly none has to be changed, and to look is cheaper than to replace five times.
  if (!UNSAFE.regexp.test(text)) return text;
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
