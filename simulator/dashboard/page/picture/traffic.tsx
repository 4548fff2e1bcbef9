import { useEffect, useRef } from "preact/hooks";
import type { Packet } from "../model/packet.js";
import type { Ui } from "../ui.js";
import type { Layout, Point } from "./layout.js";

/** Ms that a packet is seen on its way: virtual time is too fast for eyes. */
const JOURNEY = 600;
/** Dots at a time: more cannot be told apart, and cost the frame rate. */
const MAX_DOTS = 160;
/** With more than this on their way, only so many set out in a frame of the screen: they are to be seen apart. */
const CROWD = 60;
const CROWD_STARTS = 4;
/** Branches of a broadcast that are drawn. */
const MAX_BRANCHES = 40;
const RADIUS = 5.5;

interface Dot {
  readonly packet: Packet;
  readonly path: readonly Point[];
  /** The host at the path's end. */
  readonly to: string;
  readonly begin: number;
  readonly color: string;
}

/** Packets as they flow, above the picture. Nothing moves for those who want no motion. */
export function Traffic({ ui, layout }: { readonly ui: Ui; readonly layout: Layout }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const current = useRef(layout);
  current.current = layout;
  useEffect(() => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return undefined;
    const dots: Dot[] = [];
    let frame = 0;
    let starts = 0;
    const draw = (): void => {
      frame = starts = 0;
      if (canvas.current === null) return;
      paint(canvas.current, current.current, dots);
      if (dots.length > 0) frame = requestAnimationFrame(draw);
    };
    ui.model.onPacket = (packet) => {
      if (dots.length >= MAX_DOTS || document.hidden) return;
      if (dots.length >= CROWD && starts++ >= CROWD_STARTS) return;
      dots.push(...journeys(ui, current.current, packet));
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    return () => {
      ui.model.onPacket = undefined;
      cancelAnimationFrame(frame);
    };
  }, [ui]);
  return <canvas ref={canvas} aria-hidden="true" />;
}

/** The ways that a packet takes from its sender: over the switch to one host, or to all that are there. */
function journeys({ model }: Ui, layout: Layout, packet: Packet): Dot[] {
  const { headers } = packet;
  const start = layout.hosts.get(packet.sender);
  if (headers === undefined || start === undefined) return [];
  const [at] = model.switchesAt(headers.source);
  const center = at === undefined ? undefined : layout.switches.get(at);
  if (center === undefined) return [];
  const style = getComputedStyle(document.documentElement);
  const color = style.getPropertyValue(`--${(packet.flow?.kind ?? "other").toLowerCase()}`);
  const begin = performance.now();
  const journey = (to: string, over: string | undefined): Dot[] => {
    const end = layout.hosts.get(to);
    const other = over === undefined || over === at ? undefined : layout.switches.get(over);
    if (end === undefined) return [];
    return [
      { packet, to, begin, color, path: [start, center, ...(other === undefined ? [] : [other]), end] },
    ];
  };
  const to = model.nameOf(headers.destination);
  if (model.hosts.has(to)) return journey(to, model.switchesAt(headers.destination)[0]);
  return [...model.hosts.values()]
    .filter(({ name, interfaces }) => name !== packet.sender && interfaces.some(isAt))
    .slice(0, MAX_BRANCHES)
    .flatMap(({ name }) => journey(name, at));

  function isAt({ mac }: { readonly mac: string }): boolean {
    return model.switchesAt(mac)[0] === at;
  }
}

function paint(canvas: HTMLCanvasElement, layout: Layout, dots: Dot[]): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d")!;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  // As the drawing beneath it: the whole of it, in the middle.
  const scale = Math.min(width / layout.width, height / layout.height) * ratio;
  const [left, top] = [
    (width * ratio - layout.width * scale) / 2,
    (height * ratio - layout.height * scale) / 2,
  ];
  context.setTransform(scale, 0, 0, scale, left, top);
  const now = performance.now();
  for (let index = dots.length - 1; index >= 0; index--) {
    const dot = dots[index]!;
    const part = (now - dot.begin) / JOURNEY;
    if (part >= 1) dots.splice(index, 1);
    else paintDot(context, dot, part);
  }
}

function paintDot(context: CanvasRenderingContext2D, { packet, path, to, color }: Dot, part: number): void {
  const legs = path.length - 1;
  const isLostAtOnce = packet.fates.some(
    (fate) => fate.where === undefined && fate.comment.includes("dropped"),
  );
  const isLostLater = packet.fates.some((fate) => fate.where === to && fate.comment.includes("dropped"));
  const end = isLostAtOnce ? 0.5 / legs : isLostLater ? (legs - 0.5) / legs : 1;
  const done = Math.min(part, end) * legs;
  const leg = Math.min(legs - 1, Math.floor(done));
  const [a, b] = [path[leg]!, path[leg + 1]!];
  const x = a.x + (b.x - a.x) * (done - leg);
  const y = a.y + (b.y - a.y) * (done - leg);
  context.fillStyle = context.strokeStyle = color;
  context.beginPath();
  if (part > end) {
    const arm = RADIUS + 2;
    context.lineWidth = 3;
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x + arm, y - arm);
    context.lineTo(x - arm, y + arm);
    context.stroke();
  } else {
    context.arc(x, y, RADIUS, 0, 2 * Math.PI);
    context.fill();
  }
}
