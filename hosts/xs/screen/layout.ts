export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The screen's fonts: "large" for the address. */
export type FontName = "large" | "small";

/** Where one line of text stands. Colors are 0xRRGGBB. */
export interface TextSpot {
  readonly area: Rectangle;
  readonly font: FontName;
  readonly color: number;
  readonly background: number;
}

/** Text that stays. */
export interface Label extends TextSpot {
  readonly text: string;
}

export interface Panel {
  readonly area: Rectangle;
  readonly color: number;
}

/** Where everything is. No two areas overlap but for the panels, on which all else lies. */
export interface Layout {
  readonly panels: readonly Panel[];
  readonly labels: readonly Label[];
  readonly hostName: TextSpot;
  readonly address: TextSpot;
  readonly mac: TextSpot;
  readonly dhcp: TextSpot;
  readonly requests: TextSpot;
  /** A square, in the middle of which the QR code is. */
  readonly code: Panel;
}

/** Pixels of a line, as the fonts of manifest_screen.json have them. */
export const LINE_HEIGHTS = Object.freeze({ large: 38, small: 21 });

/** The page's colors. */
export const PALETTE = Object.freeze({ band: 0x0b8276, paper: 0xffffff, ink: 0x13212b, soft: 0x5d6f7b });

/** Pixels between things. */
export const MARGIN = 8;

/** The band has the host name above, and below it the address. */
const BAND_HEIGHT = 2 * MARGIN + LINE_HEIGHTS.small + LINE_HEIGHTS.large;

/** Pixels for a label where its value stands beside it. */
const LABEL_WIDTH = 76;

/** Pixels that the rows have beside the code: the widest MAC, "dd:dd:dd:dd:dd:dd", takes 140. */
const COLUMN_WIDTH = 144;

/** What there is beside the code, from top to bottom. */
const ROWS = Object.freeze(["MAC", "DHCP", "Requests"] as const);

/**
 * Arranges a screen of 320 × 240, 240 × 320 or more pixels: a band with name and address, below it the QR code, beside it
 * on a wide screen and below it on a high one the rest.
 */
export function layOut(width: number, height: number): Layout {
  const line = (y: number, font: FontName, color: number): TextSpot => {
    const area = { x: MARGIN, y, width: width - 2 * MARGIN, height: LINE_HEIGHTS[font] };
    return { area, font, color, background: PALETTE.band };
  };
  const body = { x: 0, y: BAND_HEIGHT, width, height: height - BAND_HEIGHT };
  const { code, rows } = width > height ? besideEachOther(body) : oneBelowTheOther(body);
  const small = (area: Rectangle, color: number): TextSpot => ({
    area,
    font: "small",
    color,
    background: PALETTE.paper,
  });
  const [mac, dhcp, requests] = rows.map(({ value }) => small(value, PALETTE.ink));
  return {
    panels: [
      { area: { x: 0, y: 0, width, height: BAND_HEIGHT }, color: PALETTE.band },
      { area: body, color: PALETTE.paper },
    ],
    labels: rows.map(({ label }, index) => ({ ...small(label, PALETTE.soft), text: ROWS[index]! })),
    hostName: line(MARGIN, "small", PALETTE.paper),
    address: line(MARGIN + LINE_HEIGHTS.small, "large", PALETTE.paper),
    mac: mac!,
    dhcp: dhcp!,
    requests: requests!,
    code: { area: code, color: PALETTE.paper },
  };
}

interface Arrangement {
  readonly code: Rectangle;
  readonly rows: readonly { readonly label: Rectangle; readonly value: Rectangle }[];
}

/** The code at the right, as large as the rows leave room for; each value below its label. */
function besideEachOther({ y: top, width, height }: Rectangle): Arrangement {
  const side = Math.min(height, width - COLUMN_WIDTH - MARGIN) - 2 * MARGIN;
  const code = { x: width - MARGIN - side, y: top + MARGIN, width: side, height: side };
  const line = LINE_HEIGHTS.small;
  const rowHeight = Math.floor(side / ROWS.length);
  const left = { x: MARGIN, width: code.x - 2 * MARGIN, height: line };
  const rows = ROWS.map((_, index) => {
    const y = code.y + index * rowHeight;
    return { label: { ...left, y }, value: { ...left, y: y + line } };
  });
  return { code, rows };
}

/** The code in all the room above the rows; each value beside its label. */
function oneBelowTheOther({ y: top, width, height }: Rectangle): Arrangement {
  const line = LINE_HEIGHTS.small;
  const rowsTop = top + height - MARGIN - ROWS.length * line;
  const side = Math.min(width, rowsTop - top) - 2 * MARGIN;
  const code = { x: Math.floor((width - side) / 2), y: top + MARGIN, width: side, height: side };
  const valueX = MARGIN + LABEL_WIDTH;
  const rows = ROWS.map((_, index) => {
    const y = rowsTop + index * line;
    return {
      label: { x: MARGIN, y, width: LABEL_WIDTH, height: line },
      value: { x: valueX, y, width: width - MARGIN - valueX, height: line },
    };
  });
  return { code, rows };
}
