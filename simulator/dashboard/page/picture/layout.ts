/** Where something stands in the picture, in its own units. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LayoutInput {
  readonly switches: readonly string[];
  /** The switches that each host is plugged into. */
  readonly hosts: readonly { readonly name: string; readonly switches: readonly string[] }[];
  /** How much wider the place is than it is high. */
  readonly aspect: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly switches: ReadonlyMap<string, Point>;
  readonly hosts: ReadonlyMap<string, Point>;
  /** How large hosts are drawn: 1 where there is room for all they say. */
  readonly scale: number;
}

/** Between two hosts of a ring, between two rings, and from a switch to its first ring. */
const HOST_SPACE = 150;
const RING_SPACE = 110;
const FIRST_RING = 118;
/** Around the outermost ring, for what hosts say. */
const MARGIN = 72;
/** More hosts of a switch than this are drawn smaller, but no smaller than can be seen. */
const FEW = 24;
const MIN_SCALE = 0.3;
/** Rings are as wide as their place, within these. */
const MIN_STRETCH = 1;
const MAX_STRETCH = 2;

interface Ring {
  readonly radius: number;
  readonly count: number;
}

/** Puts each switch's hosts in rings around it, and the switches beside each other. The same LAN looks the same each time. */
export function layOut({ switches, hosts, aspect }: LayoutInput): Layout {
  const groups = groupsOf({ switches, hosts });
  const most = Math.max(0, ...[...groups.values()].map((names) => names.length));
  const scale = most <= FEW ? 1 : Math.max(MIN_SCALE, Math.sqrt(FEW / most));
  const stretch = Math.min(MAX_STRETCH, Math.max(MIN_STRETCH, groups.size === 1 ? aspect : 1));
  const rings = new Map([...groups].map(([name, names]) => [name, ringsOf(names.length, scale, stretch)]));
  const radius = Math.max(FIRST_RING, ...[...rings.values()].map((each) => each.at(-1)?.radius ?? 0));
  const columns = Math.max(1, Math.ceil(Math.sqrt(groups.size * Math.max(1, aspect))));
  const rows = Math.max(1, Math.ceil(groups.size / columns));
  const [cellWidth, cellHeight] = [2 * (radius * stretch + MARGIN), 2 * (radius + MARGIN)];
  const places = { switches: new Map<string, Point>(), hosts: new Map<string, Point>() };
  for (const [index, [name, names]] of [...groups].entries()) {
    const centre = {
      x: cellWidth * ((index % columns) + 0.5),
      // What hosts say stands below them.
      y: cellHeight * (Math.floor(index / columns) + 0.5) - MARGIN / 4,
    };
    if (switches.includes(name)) places.switches.set(name, centre);
    let next = 0;
    for (const { radius: ring, count } of rings.get(name)!) {
      for (let i = 0; i < count; i++) {
        // From the top on, clockwise.
        const angle = (2 * Math.PI * i) / count - Math.PI / 2;
        const [x, y] = [centre.x + ring * stretch * Math.cos(angle), centre.y + ring * Math.sin(angle)];
        places.hosts.set(names[next++]!, { x: Math.round(x), y: Math.round(y) });
      }
    }
  }
  const width = cellWidth * Math.min(columns, Math.max(1, groups.size));
  return { width, height: cellHeight * rows, scale, ...places };
}

/** The hosts of each switch; those that are plugged into none are a group of their own. */
function groupsOf({ switches, hosts }: Pick<LayoutInput, "switches" | "hosts">): Map<string, string[]> {
  const groups = new Map<string, string[]>(switches.map((name) => [name, []]));
  for (const { name, switches: plugged } of hosts) {
    const group = plugged[0] ?? "";
    const names = groups.get(group);
    if (names === undefined) groups.set(group, [name]);
    else names.push(name);
  }
  return groups;
}

/** How many hosts stand in each ring, and how far out: no two of them touch. */
function ringsOf(count: number, scale: number, stretch: number): Ring[] {
  const rings: Ring[] = [];
  for (let left = count; left > 0;) {
    const radius = FIRST_RING + rings.length * RING_SPACE * scale;
    const length = Math.PI * radius * (1 + stretch);
    const room = Math.max(1, Math.floor(length / (HOST_SPACE * scale)));
    rings.push({ radius, count: Math.min(room, left) });
    left -= room;
  }
  return rings;
}
