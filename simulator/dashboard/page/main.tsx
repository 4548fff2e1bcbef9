import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import "uplot/dist/uPlot.min.css";
import "./style/page.css";
import { Bar } from "./controls/bar.js";
import { Help, onKey } from "./controls/help.js";
import { Tray } from "./controls/tray.js";
import { Side } from "./host/side.js";
import { Conversations } from "./ladder/conversations.js";
import { showTime } from "./model/format.js";
import { Packets } from "./packets/packets.js";
import { Picture } from "./picture/picture.js";
import { Ui, type Tab } from "./ui.js";

const TABS: readonly (readonly [Tab, string])[] = [
  ["packets", "Packets"],
  ["conversations", "Conversations"],
  ["story", "Story"],
];

function App() {
  const [, draw] = useState(0);
  const [ui] = useState(() => new Ui(() => draw((count) => count + 1)));
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(ui, event);
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [ui]);
  return (
    <div id="app">
      <Bar ui={ui} />
      <Notice ui={ui} />
      <section class="lan" aria-label="LAN">
        <Tray ui={ui} />
        <Picture ui={ui} />
      </section>
      <aside class="side" aria-label="Details">
        <Side ui={ui} />
      </aside>
      <TrafficPane ui={ui} />
      <Help ui={ui} />
    </div>
  );
}

/** What went wrong, where it can be seen. */
function Notice({ ui }: { readonly ui: Ui }) {
  const { model, view } = ui;
  if (model.link === "lost")
    return (
      <div class="notice" role="alert">
        The simulator cannot be reached: it may have ended. This page tries again until it is there.
      </div>
    );
  if (view.notice === undefined) return null;
  return (
    <div class="notice" role="alert">
      <span>{view.notice}</span>
      <button type="button" onClick={() => ui.show({ notice: undefined })}>
        Close
      </button>
    </div>
  );
}

function TrafficPane({ ui }: { readonly ui: Ui }) {
  const { model, view } = ui;
  return (
    <section class="traffic" aria-label="Traffic">
      <div class="tabs">
        {TABS.map(([tab, name]) => (
          <button type="button" key={tab} aria-pressed={view.tab === tab} onClick={() => ui.show({ tab })}>
            {name}
          </button>
        ))}
        <input
          class="filter"
          type="search"
          aria-label="Filter"
          placeholder="Filter"
          value={view.filter}
          onInput={({ currentTarget }) => ui.show({ filter: currentTarget.value })}
        />
        <span class="dim">
          {model.log.total} packets
          {model.missed > 0 && `, ${model.missed} too many for this tab`}
        </span>
      </div>
      {view.tab === "packets" && <Packets ui={ui} />}
      {view.tab === "conversations" && <Conversations ui={ui} />}
      {view.tab === "story" && <Story ui={ui} />}
    </section>
  );
}

/** What has happened, in words. */
function Story({ ui }: { readonly ui: Ui }) {
  const words = ui.view.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const lines = ui.model.story.filter(({ who, topic, text }) => {
    const line = `${who} ${topic} ${text}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
  return (
    <div class="story">
      {lines.length === 0 && <p class="empty">There is nothing to tell.</p>}
      {lines.map(({ time, who, topic, text }, index) => (
        <div class="row" key={index}>
          <span class="dim">{showTime(time)}</span>
          <span>{who}</span>
          <span class={`${topic} wide`}>{topic}</span>
          <span>{text}</span>
        </div>
      ))}
    </div>
  );
}

const root = document.createElement("div");
document.body.append(root);
render(<App />, root);
