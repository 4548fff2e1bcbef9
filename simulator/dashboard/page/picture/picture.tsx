import { memo } from "preact/compat";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CablePicture, HostPicture } from "../../protocol/index.js";
import type { Ui } from "../ui.js";
import { layOut, type Layout, type Point } from "./layout.js";
import { Traffic } from "./traffic.js";

/** The LAN: its hosts, what they are plugged into, and how. */
export function Picture({ ui }: { readonly ui: Ui }) {
  const { model, view } = ui;
  const place = useRef<HTMLDivElement>(null);
  const [aspect, setAspect] = useState(1);
  const layout = useMemo(() => layoutOf(ui, aspect), [model.pictureVersion, aspect]);
  const isEmpty = model.hosts.size === 0;
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = new ResizeObserver(() =>
      setAspect(Math.round((10 * element.clientWidth) / Math.max(1, element.clientHeight)) / 10),
    );
    measure.observe(element);
    return () => measure.disconnect();
  }, [isEmpty]);
  if (isEmpty)
    return (
      <p class="empty">
        {model.link === "open" ? "There is no host on this LAN." : "Waiting for the simulator …"}
      </p>
    );
  return (
    <div class="picture" ref={place}>
      <Drawing
        ui={ui}
        layout={layout}
        version={model.pictureVersion}
        chosen={view.selection?.name}
        hasTool={view.tool !== undefined}
      />
      <Traffic ui={ui} layout={layout} />
    </div>
  );
}

function layoutOf({ model }: Ui, aspect: number): Layout {
  const plugged = new Map<string, string[]>();
  for (const { ends } of model.cables.values()) {
    const [host, at] = [ends.find(({ kind }) => kind === "host"), ends.find(({ kind }) => kind === "switch")];
    if (host !== undefined && at !== undefined)
      plugged.set(host.name, [...(plugged.get(host.name) ?? []), at.name]);
  }
  const hosts = [...model.hosts.keys()].map((name) => ({ name, switches: plugged.get(name) ?? [] }));
  return layOut({ switches: model.switches, hosts, aspect });
}

interface DrawingProps {
  readonly ui: Ui;
  readonly layout: Layout;
  readonly version: number;
  readonly chosen: string | undefined;
  readonly hasTool: boolean;
}

/** Drawn anew only when something of it has changed, however much traffic there is. */
const Drawing = memo(
  function Drawing({ ui, layout, chosen, hasTool }: DrawingProps) {
    const { model } = ui;
    const { width, height, scale } = layout;
    return (
      <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label="The LAN">
        {[...model.cables.values()].map((cable) => (
          <Cable key={cable.name} {...{ ui, layout, cable, hasTool }} isChosen={chosen === cable.name} />
        ))}
        {[...layout.switches].map(([name, at]) => (
          <g key={name} transform={`translate(${at.x} ${at.y})`}>
            <rect class="box" x={-46} y={-17} width={92} height={34} rx={5} />
            <path class="glyph" d="M-22 -5h30m-6 -5l6 5l-6 5 M22 6h-30m6 -5l-6 5l6 5" />
            <text class="small" y={34}>
              {name}
            </text>
          </g>
        ))}
        {[...model.hosts.values()].map((host) => (
          <Host
            key={host.name}
            {...{ ui, host, scale }}
            at={layout.hosts.get(host.name) ?? { x: 0, y: 0 }}
            isChosen={chosen === host.name}
          />
        ))}
      </svg>
    );
  },
  (before, after) =>
    before.layout === after.layout &&
    before.version === after.version &&
    before.chosen === after.chosen &&
    before.hasTool === after.hasTool,
);

interface CableProps {
  readonly ui: Ui;
  readonly layout: Layout;
  readonly cable: CablePicture;
  readonly isChosen: boolean;
  readonly hasTool: boolean;
}

function Cable({ ui, layout, cable, isChosen, hasTool }: CableProps) {
  const points = cable.ends.map(({ kind, name }) =>
    (kind === "host" ? layout.hosts : layout.switches).get(name),
  );
  const [a, b] = points;
  if (a === undefined || b === undefined) return null;
  const { name, isUp, isCut, faults } = cable;
  const said = [...(isCut ? ["cut"] : []), ...faults];
  const state = isCut ? "cut" : isUp ? "" : "down";
  const point = (): void => ui.pointAt(name);
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  return (
    <g
      class={isChosen ? "chosen" : hasTool ? "hints" : ""}
      role="button"
      tabindex={0}
      data-cable={name}
      aria-label={`link ${name}${said.length > 0 ? `, ${said.join(", ")}` : isUp ? "" : ", down"}`}
      onClick={point}
      onKeyDown={(event) => pressed(event, point)}
    >
      <line class={`wire ${state}`} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      <line class="grip" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      {said.length > 0 && <Flag at={middle} text={said.join(", ")} />}
    </g>
  );
}

function Flag({ at, text }: { readonly at: Point; readonly text: string }) {
  const width = text.length * 7.2 + 16;
  return (
    <g class="flag" transform={`translate(${at.x} ${at.y})`}>
      <rect x={-width / 2} y={-11} width={width} height={22} rx={4} />
      <text y={4.5}>{text}</text>
    </g>
  );
}

const GLYPHS: Readonly<Record<HostPicture["kind"], string>> = {
  device: "M-8 -8h16v16h-16z M-4 -12v4 M4 -12v4 M-4 8v4 M4 8v4 M-12 -4h4 M-12 4h4 M8 -4h4 M8 4h4",
  router: "M-13 2h26v9h-26z M-8 2v-10 M8 2v-10 M-8 6.5h.1 M-3 6.5h.1",
  computer: "M-11 -9h22v14h-22z M-14 9h28",
};

interface HostProps {
  readonly ui: Ui;
  readonly host: HostPicture;
  readonly at: Point;
  readonly scale: number;
  readonly isChosen: boolean;
}

function Host({ ui, host, at, scale, isChosen }: HostProps) {
  const { name, kind, isOn, addresses } = host;
  const address = addresses[0]?.split("/")[0];
  const isSilent = scale < LEGIBLE;
  const choose = (): void => ui.select({ kind: "host", name });
  return (
    <g
      class={`host ${isOn ? "on" : "off"} ${isChosen ? "chosen" : ""} ${isSilent ? "silent" : ""}`}
      transform={`translate(${at.x} ${at.y}) scale(${isSilent ? SILENT_SCALE * scale : scale})`}
      role="button"
      tabindex={0}
      data-host={name}
      aria-label={`${kind} ${name}, ${isOn ? (address ?? "no address") : "off"}`}
      onClick={choose}
      onKeyDown={(event) => pressed(event, choose)}
    >
      <circle class="box" r={25} />
      <path class="glyph" d={GLYPHS[kind]} />
      <text y={44}>{shortened(name)}</text>
      <text class="small" y={61}>
        {isOn ? (address ?? "no address") : "off"}
      </text>
    </g>
  );
}

function shortened(name: string): string {
  return name.length > 18 ? `${name.slice(0, 17)}…` : name;
}

/** Hosts that are drawn smaller than this say what they are only when they are pointed at, and are drawn a bit larger. */
const LEGIBLE = 0.7;
const SILENT_SCALE = 1.4;

/** As a button does. */
function pressed(event: KeyboardEvent, action: () => void): void {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  event.stopPropagation();
  action();
}
