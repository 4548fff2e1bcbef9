import type { Measurement } from "./benchmark.js";

/** More digits than this are noise. */
const SIGNIFICANT_DIGITS = 4;

/** One JSON object, on one line: name, value and unit, and against, ratio and target where there is one. */
export function formatJson({ name, value, unit, against, ratio, atLeast, atMost }: Measurement): string {
  const rounded = ratio === undefined ? undefined : round(ratio);
  return JSON.stringify({ name, value: round(value), unit, against, ratio: rounded, atLeast, atMost });
}

/** A table for people, its columns aligned; each line ends with a newline. */
export function formatTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ name, title, value, unit, against, ratio, atLeast, atMost }) => ({
    name,
    value: round(value).toLocaleString("en-US", { maximumSignificantDigits: SIGNIFICANT_DIGITS }),
    unit,
    ratio: ratio === undefined ? "" : `${ratio.toFixed(2)} ×`,
    target: atLeast !== undefined ? `≥ ${atLeast} ×` : atMost !== undefined ? `≤ ${atMost}` : "",
    against: against ?? "",
    title,
  }));
  const header = {
    name: "benchmark",
    value: "value",
    unit: "unit",
    ratio: "ratio",
    target: "target",
    against: "against",
    title: "what",
  };
  const width = (column: keyof typeof header): number =>
    Math.max(...[header, ...rows].map((row) => row[column].length));
  const widths = {
    name: width("name"),
    value: width("value"),
    unit: width("unit"),
    ratio: width("ratio"),
    target: width("target"),
    against: width("against"),
  };
  return [header, ...rows]
    .map((row) =>
      [
        row.name.padEnd(widths.name),
        row.value.padStart(widths.value),
        row.unit.padEnd(widths.unit),
        row.ratio.padStart(widths.ratio),
        row.target.padEnd(widths.target),
        row.against.padEnd(widths.against),
        row.title,
      ].join("  "),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

function round(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
