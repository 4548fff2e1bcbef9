import { useMemo } from "preact/hooks";
import { showSpan, showTime } from "../model/format.js";
import type { Flow } from "../model/flows.js";
import type { Ui } from "../ui.js";
import { ladderOf, type Arrow } from "./ladder.js";

/** In pixels. */
const TIME_WIDTH = 92;
const LINE_SPACE = 440;
/** With more than two lines. */
const NARROW_SPACE = 320;
/** In pixels: of a label's characters, on average. */
const CHARACTER = 7.2;
const HEAD = 34;
const ROW = 38;
const SILENCE_ROW = 26;
const DROP = 10;
const ARROW_HEAD = 8;

/** A conversation as arrows between those who have it, from the top down. */
export function LadderView({ ui, flow }: { readonly ui: Ui; readonly flow: Flow }) {
  const { model } = ui;
  const ladder = useMemo(
    () => ladderOf(flow, model.log.packets, (address) => model.nameOf(address)),
    [flow, flow.packets, flow.dropped, model.pictureVersion],
  );
  const { lines, arrows, hidden } = ladder;
  if (arrows.length === 0) return <p class="empty">The packets of this conversation are forgotten.</p>;
  // A broadcast goes to a line of its own where nobody has answered yet.
  const names = lines.length > 1 ? lines : [...lines, "everybody"];
  const space = names.length > 2 ? NARROW_SPACE : LINE_SPACE;
  const xOf = (line: number): number => TIME_WIDTH + 70 + line * space;
  let y = HEAD + 10;
  const placed = arrows.map((arrow) => {
    if (arrow.silence !== undefined) y += SILENCE_ROW;
    y += ROW;
    return { arrow, y };
  });
  const height = y + 24;
  return (
    <div class="ladder">
      {hidden > 0 && <p class="dim">{hidden} packets before these are not drawn.</p>}
      <svg
        width={xOf(names.length - 1) + 120}
        height={height}
        role="list"
        aria-label={`Conversation of ${names.join(" and ")}`}
      >
        {names.map((name, index) => (
          <g key={name}>
            <text class="name" x={xOf(index)} y={20}>
              {name}
            </text>
            <line class="line" x1={xOf(index)} x2={xOf(index)} y1={HEAD} y2={height} />
          </g>
        ))}
        {placed.map(({ arrow, y: at }) => (
          <ArrowView
            key={arrow.packet.number}
            {...{ ui, arrow, at, xOf }}
            lines={names.length}
            kind={flow.kind}
          />
        ))}
      </svg>
    </div>
  );
}

interface ArrowProps {
  readonly ui: Ui;
  readonly arrow: Arrow;
  readonly at: number;
  readonly xOf: (line: number) => number;
  readonly lines: number;
  readonly kind: Flow["kind"];
}

function ArrowView({ ui, arrow, at, xOf, lines, kind }: ArrowProps) {
  const { packet, from, to, label, note, isDropped, silence } = arrow;
  // To everybody: to the last of the others.
  const target = to ?? (from === lines - 1 ? 0 : lines - 1);
  const [start, full] = [xOf(from), xOf(target === from ? from + 1 : target)];
  const end = isDropped ? start + (full - start) * 0.62 : full;
  const bottom = isDropped ? at + DROP * 0.62 : at + DROP;
  const way = Math.sign(end - start);
  const said = [to === undefined ? "to everybody: " : "", label, note === "" ? "" : ` (${note})`].join("");
  const open = (): void => ui.show({ tab: "packets", packet: packet.number });
  return (
    <g
      class={`arrow ${kind}`}
      role="listitem"
      tabindex={0}
      aria-label={`${showTime(packet.time)} ${said}${isDropped ? `, ${packet.fate}` : ""}`}
      onClick={open}
      onKeyDown={(event) => event.key === "Enter" && open()}
    >
      {silence !== undefined && (
        <text class="silence" x={TIME_WIDTH} y={at - ROW / 2 - 4} text-anchor="end">
          {showSpan(silence)} later
        </text>
      )}
      <text class="time" x={TIME_WIDTH} y={at + 4} text-anchor="end">
        {showTime(packet.time)}
      </text>
      <line x1={start} y1={at} x2={end} y2={bottom} stroke-dasharray={isDropped ? "5 4" : undefined} />
      {isDropped ? (
        <path class="cross" d={`M${end - 6} ${bottom - 6}l12 12m0 -12l-12 12`} />
      ) : (
        <path d={`M${end} ${bottom}l${-way * ARROW_HEAD} -5v10z`} />
      )}
      <text class="label" x={(xOf(from) + full) / 2} y={at - 6}>
        {shortened(said, Math.abs(full - start) / CHARACTER)}
        <title>{said}</title>
      </text>
      {isDropped && (
        <text class="lost" x={end + way * 12} y={bottom + 5} text-anchor={way > 0 ? "start" : "end"}>
          {shortened(packet.fate, 22)}
          <title>{packet.fate}</title>
        </text>
      )}
    </g>
  );
}

/** As much as fits between two lines. */
function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.floor(length) - 1)}…` : text;
}
