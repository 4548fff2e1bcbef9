import { memo } from "preact/compat";
import { useEffect } from "preact/hooks";
import { showBytes, showTime } from "../model/format.js";
import type { Flow } from "../model/flows.js";
import { Plots } from "../plots/plots.js";
import type { Ui, View } from "../ui.js";
import { LadderView } from "./ladder-view.js";

/** Conversations that are listed at most: the newest. */
const MAX_LISTED = 200;

/** Ms between two looks at conversations that go on: a person reads no faster. */
const BEAT = 250;

/** Who talks with whom, and the chosen conversation as a ladder or as plots. */
export function Conversations({ ui }: { readonly ui: Ui }) {
  const { model, view } = ui;
  const beat = Math.floor(performance.now() / BEAT);
  useEffect(() => {
    // What has come since the last beat is seen with the next, even if nothing more comes.
    const timer = setTimeout(() => ui.changed(), BEAT);
    return () => clearTimeout(timer);
  }, [model.log.version]);
  return <List ui={ui} view={view} beat={beat} />;
}

interface ListProps {
  readonly ui: Ui;
  readonly view: View;
  readonly beat: number;
}

const List = memo(ListOnce, (before, after) => before.view === after.view && before.beat === after.beat);

function ListOnce({ ui, view }: ListProps) {
  const { model } = ui;
  const words = view.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const titles = (flow: Flow): string =>
    `${flow.kind} ${titleOf(ui, flow)} ${flow.from} ${flow.to}`.toLowerCase();
  const flows = model.flows.all
    .filter((flow) => words.every((word) => titles(flow).includes(word)))
    .slice(-MAX_LISTED)
    .reverse();
  const chosen = model.flows.all.find(({ id }) => id === view.flow);
  return (
    <div class="split flow">
      <div class="flows">
        {flows.length === 0 && (
          <p class="empty">
            {words.length > 0 ? "No conversation has these words." : "Nobody has said anything yet."}
          </p>
        )}
        {flows.map((flow) => (
          <button
            type="button"
            key={flow.id}
            aria-pressed={flow === chosen}
            onClick={() => ui.show({ flow: flow.id })}
          >
            <span class={flow.kind}>{flow.kind}</span> {titleOf(ui, flow)}
            <br />
            <span class="dim">
              {showTime(flow.begin)}, {flow.packets} packets, {showBytes(flow.bytes)}
              {flow.dropped > 0 && `, ${flow.dropped} lost`}
            </span>
          </button>
        ))}
      </div>
      {chosen !== undefined ? (
        <Conversation ui={ui} flow={chosen} />
      ) : (
        <p class="empty">Choose a conversation to see it from its first packet to its last.</p>
      )}
    </div>
  );
}

function titleOf({ model }: Ui, { kind, from, to }: Flow): string {
  const port = (address: string): string =>
    kind === "TCP" || kind === "UDP" ? `:${address.split(":")[1]}` : "";
  if (kind === "DHCP") return `${model.nameOf(from)} asks for an address`;
  if (kind === "ARP")
    return from === to ? `${model.nameOf(from)}` : `${model.nameOf(from)} looks for ${model.nameOf(to)}`;
  return `${model.nameOf(from)} → ${model.nameOf(to)}${port(to)}`;
}

function Conversation({ ui, flow }: { readonly ui: Ui; readonly flow: Flow }) {
  const { shows } = ui.view;
  const hasPlots = flow.kind === "TCP";
  return (
    <div class="conversation">
      {hasPlots && (
        <div class="tabs">
          <button
            type="button"
            aria-pressed={shows === "ladder"}
            onClick={() => ui.show({ shows: "ladder" })}
          >
            Ladder
          </button>
          <button type="button" aria-pressed={shows === "plots"} onClick={() => ui.show({ shows: "plots" })}>
            Plots
          </button>
        </div>
      )}
      {hasPlots && shows === "plots" ? <Plots ui={ui} flow={flow} /> : <LadderView ui={ui} flow={flow} />}
    </div>
  );
}
