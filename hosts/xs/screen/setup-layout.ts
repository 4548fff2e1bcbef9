import { LINE_HEIGHTS, MARGIN, PALETTE, type Label, type Panel, type TextSpot } from "./layout.js";

/** Where everything is in set-up mode. No two areas overlap but for the panels, on which all else lies. */
export interface SetupLayout {
  readonly panels: readonly Panel[];
  /** What to do. */
  readonly step: TextSpot;
  /** With what: in one large line, or if that is too long, in two small ones. */
  readonly subject: TextSpot;
  readonly subjectLines: readonly TextSpot[];
  /** What else there is to know, line by line. */
  readonly notes: readonly TextSpot[];
  /** A square, in the middle of which the QR code is. */
  readonly code: Panel;
}

/** Two small lines, or a large one. */
const SUBJECT_HEIGHT = 2 * LINE_HEIGHTS.small;
const BAND_HEIGHT = 2 * MARGIN + LINE_HEIGHTS.small + SUBJECT_HEIGHT;

/** Pixels that the notes have beside the code. */
const COLUMN_WIDTH = 150;

/** Lines below the code: a password of 63 characters takes three, what comes then one. */
const LINES_BELOW = 4;

/** Arranges a screen of 320 × 240, 240 × 320 or more pixels: a band with the step, below it the code, beside or below it the notes. */
export function layOutSetup(width: number, height: number): SetupLayout {
  const line = LINE_HEIGHTS.small;
  const wide = width - 2 * MARGIN;
  const inBand = (y: number, font: "large" | "small"): TextSpot => ({
    area: { x: MARGIN, y, width: wide, height: LINE_HEIGHTS[font] },
    font,
    color: PALETTE.paper,
    background: PALETTE.band,
  });
  const bodyHeight = height - BAND_HEIGHT;
  const isWide = width > height;
  const side = isWide
    ? Math.min(bodyHeight - 2 * MARGIN, wide - COLUMN_WIDTH - MARGIN)
    : Math.min(wide, bodyHeight - 3 * MARGIN - LINES_BELOW * line);
  const code = {
    x: isWide ? width - MARGIN - side : Math.floor((width - side) / 2),
    y: BAND_HEIGHT + MARGIN,
    width: side,
    height: side,
  };
  const top = isWide ? code.y : code.y + side + MARGIN;
  const noteWidth = isWide ? code.x - 2 * MARGIN : wide;
  const count = isWide ? Math.floor((height - MARGIN - top) / line) : LINES_BELOW;
  const subjectY = MARGIN + line;
  return {
    panels: [
      { area: { x: 0, y: 0, width, height: BAND_HEIGHT }, color: PALETTE.band },
      { area: { x: 0, y: BAND_HEIGHT, width, height: bodyHeight }, color: PALETTE.paper },
    ],
    step: inBand(MARGIN, "small"),
    subject: inBand(subjectY, "large"),
    subjectLines: [inBand(subjectY, "small"), inBand(subjectY + line, "small")],
    notes: Array.from({ length: count }, (_, index) => ({
      area: { x: MARGIN, y: top + index * line, width: noteWidth, height: line },
      font: "small",
      color: PALETTE.ink,
      background: PALETTE.paper,
    })),
    code: { area: code, color: PALETTE.paper },
  };
}

/** A text in as many spots as it takes; what does not fit into them is in the last one. */
export function fill(
  spots: readonly TextSpot[],
  text: string,
  fits: (part: string, spot: TextSpot) => boolean,
): Label[] {
  const lines: Label[] = [];
  let rest = text;
  for (const [index, spot] of spots.entries()) {
    let end = rest.length;
    if (index < spots.length - 1) while (end > 1 && !fits(rest.slice(0, end), spot)) end -= 1;
    if (end > 0) lines.push({ ...spot, text: rest.slice(0, end) });
    rest = rest.slice(end);
  }
  return lines;
}
