import { expect } from "@jest/globals";

/** A page's figure may be off by so much; small ones by a few. */
const TOLERANCE = 0.1;
export const FEW = 16;

/** Those of a row; one may be missing. */
export type Figures = readonly (number | undefined)[];

/** Fails if tables of Markdown have other rows than the page's, or figures that are off. */
export function expectClose(measured: string, told: string): void {
  const rows = rowsOf(measured);
  const toldRows = rowsOf(told);
  expect([...toldRows.keys()]).toEqual([...rows.keys()]);
  const off = [...rows].filter(([name, figures]) => {
    return !figures.every((figure, index) => isClose(figure, toldRows.get(name)![index]));
  });
  expect(off).toEqual([]);
}

/** The rows, each under its title and its first cell. */
function rowsOf(text: string): Map<string, Figures> {
  const rows = new Map<string, Figures>();
  let title = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("### ")) title = line.slice(4);
    const [, step = "", ...cells] = line.split("|").map((cell) => cell.trim());
    const figures = cells.slice(0, 3).map((cell) => (cell === "" ? undefined : Number(cell)));
    if (figures.length === 3 && !figures.some(Number.isNaN)) rows.set(`${title}: ${step}`, figures);
  }
  return rows;
}

function isClose(figure: number | undefined, told: number | undefined): boolean {
  if (figure === undefined || told === undefined) return figure === told;
  return Math.abs(figure - told) <= Math.max(FEW, TOLERANCE * told);
}
