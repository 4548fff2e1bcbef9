import { useRef, useState } from "preact/hooks";
import { HOST_KINDS, type HostKind } from "../../run/action.js";
import { showTime } from "../model/format.js";
import type { Ui } from "../ui.js";
import { nextTheme, themeNames, useTheme } from "./theme.js";

const SPEEDS = [0.1, 0.25, 1, 4, 10, 100, 1000] as const;

/** Virtual time and what can be done to it, and to the run as a whole. */
export function Bar({ ui }: { readonly ui: Ui }) {
  const { model } = ui;
  const { clock, run, link } = model;
  const [theme, setTheme] = useTheme(() => ui.changed());
  const isPaused = clock?.isPaused === true;
  const isOff = link !== "open" || clock === undefined;
  return (
    <header class="bar">
      <h1>Wirelet</h1>
      <span class={link === "open" ? "dim" : "bad"}>
        {link === "open" && run !== undefined ? `${run.scenario}, seed ${run.seed}` : "not connected"}
      </span>
      <span class="clock" title={clock === undefined ? "" : `${clock.event} events`}>
        {clock === undefined ? "" : showTime(clock.time)}
      </span>
      <button
        type="button"
        class="main"
        disabled={isOff}
        title="Space"
        onClick={() => ui.ask({ ask: isPaused ? "resume" : "pause" })}
      >
        {isPaused ? "Go on" : "Pause"}
      </button>
      <button
        type="button"
        disabled={isOff}
        title="One event; key: ."
        onClick={() => ui.ask({ ask: "step" })}
      >
        Step
      </button>
      <label>
        Speed{" "}
        <select
          disabled={isOff}
          value={clock?.speed === null ? "max" : String(clock?.speed ?? 1)}
          onChange={({ currentTarget: { value } }) =>
            ui.ask({ ask: "speed", speed: value === "max" ? null : Number(value) })
          }
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed} ×
            </option>
          ))}
          <option value="max">as fast as it goes</option>
        </select>
      </label>
      {clock?.isReplaying === true && <span class="dim">replaying</span>}
      <span class="gap" />
      <AddHost ui={ui} />
      <button type="button" disabled={isOff} onClick={() => ui.ask({ ask: "restart" })}>
        Restart
      </button>
      <button type="button" disabled={isOff} onClick={() => save(ui)}>
        Save
      </button>
      <Load ui={ui} />
      <button
        type="button"
        onClick={() => setTheme(nextTheme(theme))}
        aria-label={`Colours: ${themeNames[theme]}`}
      >
        {themeNames[theme]}
      </button>
      <button type="button" onClick={() => ui.show({ helps: true })} aria-label="Help" title="?">
        ?
      </button>
    </header>
  );
}

function AddHost({ ui }: { readonly ui: Ui }) {
  const add = (kind: HostKind): void => {
    const { hosts } = ui.model;
    let number = 1;
    while (hosts.has(`${kind} ${number}`)) number++;
    const host = `${kind} ${number}`;
    ui.act({ do: "add", host, kind });
    ui.select({ kind: "host", name: host });
  };
  return (
    <select
      aria-label="Add a host"
      value=""
      onChange={(event) => {
        add(event.currentTarget.value as HostKind);
        event.currentTarget.value = "";
      }}
    >
      <option value="">Add a host …</option>
      {HOST_KINDS.map((kind) => (
        <option key={kind} value={kind}>
          {kind}
        </option>
      ))}
    </select>
  );
}

/** Downloads the run as a file. */
function save(ui: Ui): void {
  ui.ask({ ask: "save" }, (text) => {
    const { run } = ui.model;
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const anchor = document.createElement("a");
    anchor.href = url;
    anchor.download = `${run?.scenario ?? "run"}-seed-${run?.seed ?? 0}.json`;
    anchor.click();
    URL.revokeObjectURL(url);
    if (run?.heardOutside === true)
      ui.show({ notice: "Browsers have talked to hosts of this run: what they said is not in the file." });
  });
}

function Load({ ui }: { readonly ui: Ui }) {
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const load = (file: File | undefined): void => {
    if (file === undefined) return;
    setName(file.name);
    file.text().then(
      (text) => ui.ask({ ask: "load", file: text }),
      (error: Error) => ui.show({ notice: `${file.name}: ${error.message}` }),
    );
    // So that the same file can be chosen again.
    input.current!.value = "";
  };
  return (
    <>
      <button type="button" title={name} onClick={() => input.current!.click()}>
        Load
      </button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={({ currentTarget }) => load(currentTarget.files?.[0])}
      />
    </>
  );
}
