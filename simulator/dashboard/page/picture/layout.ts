/** Where something stands in the picture, in its own units. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LayoutInput {
  readonly switches: readonly string[];
  /** The switches that each host is plugged into. */
  readonly hosts: readonly { readonly name: string; readonly switches: readonly string[] }[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly switches: ReadonlyMap<string, Point>;
  readonly hosts: ReadonlyMap<string, Point>;
  /** How large hosts are drawn: 1 where there is room for all they say. */
  readonly scale: number;
}

/** Between two hosts of a ring, and between two rings. */
const HOST_SPACE = 150;
const RING_SPACE = 110;
const FIRST_RING = 150;
/** More hosts of a switch than this are drawn smaller. */
const FEW = 24;

/** Puts each switch's hosts in rings around it, and the switches beside each other. The same LAN looks the same each time. */
export function layOut({ switches, hosts }: LayoutInput): Layout {
  const groups = new Map<string, string[]>(switches.map((name) => [name, []]));
  for (const { name, switches: plugged } of hosts) {
    const first = plugged[0];
    if (first === undefined || !groups.has(first))
      groups.set(first ?? "", [...(groups.get(first ?? "") ?? []), name]);
    else groups.get(first)!.push(name);
  }
  const most = Math.max(0, ...[...groups.values()].map((names) => names.length));
  const scale = most <= FEW ? 1 : Math.max(0.3, Math.sqrt(FEW / most));
  const rings = new Map([...groups].map(([name, names]) => [name, ringsOf(names.length, scale)]));
  const radius = (name: string): number => (rings.get(name)!.at(-1)?.radius ?? FIRST_RING) + 90;
  const columns = Math.ceil(Math.sqrt(groups.size));
  const cell = 2 * Math.max(FIRST_RING, ...[...groups.keys()].map(radius));
  const places = { switches: new Map<string, Point>(), hosts: new Map<string, Point>() };
  for (const [index, [name, names]] of [...groups].entries()) {
    const centre = { x: cell * ((index % columns) + 0.5), y: cell * (Math.floor(index / columns) + 0.5) };
    if (switches.includes(name)) places.switches.set(name, centre);
    let next = 0;
    for (const { radius: ring, count } of rings.get(name)!) {
      for (let i = 0; i < count; i++) {
        // From the top on, clockwise.
        const angle = (2 * Math.PI * i) / count - Math.PI / 2;
        const [x, y] = [centre.x + ring * Math.cos(angle), centre.y + ring * Math.sin(angle)];
        places.hosts.set(names[next++]!, { x: Math.round(x), y: Math.round(y) });
      }
    }
  }
  const rows = Math.ceil(groups.size / Math.max(1, columns));
  return { width: cell * Math.max(1, columns), height: cell * Math.max(1, rows), scale, ...places };
}

/** How many hosts stand in each ring, and how far out: no two of them touch. */
function ringsOf(count: number, scale: number): { readonly radius: number; readonly count: number }[] {
  const rings: { radius: number; count: number }[] = [];
  for (let left = count; left > 0;) {
    const radius = FIRST_RING + rings.length * RING_SPACE * scale;
    const room = Math.max(1, Math.floor((2 * Math.PI * radius) / (HOST_SPACE * scale)));
    rings.push({ radius, count: Math.min(room, left) });
    left -= room;
  }
  return rings;
}
