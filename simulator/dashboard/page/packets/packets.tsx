import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { showTime } from "../model/format.js";
import type { Packet } from "../model/packet.js";
import type { Ui } from "../ui.js";
import { Detail } from "./detail.js";
import { FilteredPackets } from "./filtered.js";

/** As the style has it, in pixels. */
const ROW_HEIGHT = 24;
/** Rows that are drawn beyond what is seen. */
const MARGIN = 8;
/** Browsers draw nothing right that is higher than some 30 million pixels; this many rows are far less. */
const MAX_ROWS = 50_000;

/** The packets as they come, with the chosen one in full beside them. */
export function Packets({ ui }: { readonly ui: Ui }) {
  const { model, view } = ui;
  const filtered = useRef<FilteredPackets>(undefined);
  filtered.current ??= new FilteredPackets();
  filtered.current.text = view.filter;
  const { packets, isDone } = filtered.current.update(model.log);
  useEffect(() => {
    if (!isDone) ui.changed();
  });
  const chosen = view.packet === undefined ? undefined : model.log.find(view.packet);
  return (
    <div class="split">
      <List ui={ui} packets={packets.slice(-MAX_ROWS)} error={filtered.current.error} />
      <div class="detail">
        {chosen !== undefined ? (
          <Detail key={chosen.number} packet={chosen} ui={ui} />
        ) : (
          <p class="empty">Choose a packet to see what its bytes say.</p>
        )}
      </div>
    </div>
  );
}

interface ListProps {
  readonly ui: Ui;
  readonly packets: readonly Packet[];
  readonly error: string | undefined;
}

function List({ ui, packets, error }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(300);
  /** Whether new packets push the list up: as long as its end is seen. */
  const follows = useRef(true);
  const { view } = ui;
  useLayoutEffect(() => {
    const element = list.current!;
    const measure = new ResizeObserver(() => setHeight(element.clientHeight));
    measure.observe(element);
    return () => measure.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = list.current!;
    if (follows.current) element.scrollTop = element.scrollHeight;
  }, [packets.length, packets.at(-1)]);

  const onScroll = (): void => {
    const element = list.current!;
    follows.current = element.scrollTop + element.clientHeight >= element.scrollHeight - ROW_HEIGHT;
    setTop(element.scrollTop);
  };
  const choose = (index: number): void => {
    const packet = packets[Math.max(0, Math.min(packets.length - 1, index))];
    if (packet === undefined) return;
    follows.current = false;
    ui.show({ packet: packet.number });
    const element = list.current!;
    const at = packets.indexOf(packet) * ROW_HEIGHT;
    if (at < element.scrollTop) element.scrollTop = at;
    else if (at + ROW_HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = at + ROW_HEIGHT - element.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const current = packets.findIndex(({ number }) => number === view.packet);
    const page = Math.max(1, Math.floor(height / ROW_HEIGHT) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (step !== undefined) choose(current < 0 ? packets.length - 1 : current + step);
    else if (event.key === "Home") choose(0);
    else if (event.key === "End") choose(packets.length - 1);
    else if (event.key === "Enter") openFlow(ui, packets[current]);
    else return;
    event.preventDefault();
  };

  // Where the list follows, it is not yet scrolled to where it will be when this is seen.
  const seenTop = follows.current ? packets.length * ROW_HEIGHT - height : top;
  const first = Math.max(0, Math.floor(seenTop / ROW_HEIGHT) - MARGIN);
  const last = Math.min(packets.length, Math.ceil((seenTop + height) / ROW_HEIGHT) + MARGIN);
  return (
    <div
      class="list"
      ref={list}
      role="listbox"
      tabindex={0}
      aria-label="Packets"
      aria-activedescendant={view.packet === undefined ? undefined : `packet-${view.packet}`}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      {packets.length === 0 && <p class="empty message">{emptyText(ui, error)}</p>}
      <div style={{ height: packets.length * ROW_HEIGHT }} />
      {packets.slice(first, last).map((packet, index) => (
        <Line
          key={packet.number}
          packet={packet}
          top={(first + index) * ROW_HEIGHT}
          isChosen={packet.number === view.packet}
          onChoose={() => choose(first + index)}
          onOpen={() => openFlow(ui, packet)}
        />
      ))}
    </div>
  );
}

function emptyText({ model, view }: Ui, error: string | undefined): string {
  if (error !== undefined) return error;
  if (view.filter !== "" && model.log.packets.length > 0) return "No packet passes this filter.";
  return "Nothing has been sent yet.";
}

interface LineProps {
  readonly packet: Packet;
  readonly top: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onOpen: () => void;
}

function Line({ packet, top, isChosen, onChoose, onOpen }: LineProps) {
  const { protocol, source, destination, summary } = packet.row;
  const { fate, isDropped } = packet;
  return (
    <div
      class={`row ${isDropped ? "lost" : ""}`}
      style={{ top }}
      id={`packet-${packet.number}`}
      role="option"
      aria-selected={isChosen}
      title={fate === "" ? summary : `${summary} (${fate})`}
      onClick={onChoose}
      onDblClick={onOpen}
    >
      <span class="dim wide">{packet.number}</span>
      <span>{showTime(packet.time)}</span>
      <span class="wide">{source}</span>
      <span class="wide">{destination}</span>
      <span class={packet.flow?.kind ?? "other"}>{protocol}</span>
      <span>
        {fate !== "" && <span class="bad">{fate} · </span>}
        {summary}
      </span>
    </div>
  );
}

/** Shows the conversation of a packet. */
export function openFlow(ui: Ui, packet: Packet | undefined): void {
  if (packet?.flow !== undefined) ui.show({ tab: "conversations", flow: packet.flow.id });
}
