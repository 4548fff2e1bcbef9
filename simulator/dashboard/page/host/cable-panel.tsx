import { useState } from "preact/hooks";
import type { CablePicture } from "../../protocol/index.js";
import { FAULTS, type FaultKind } from "../../run/fault.js";
import type { Ui } from "../ui.js";

const KINDS = Object.keys(FAULTS) as FaultKind[];

/** A link: how it is, and what goes wrong on it. */
export function CablePanel({ ui, cable }: { readonly ui: Ui; readonly cable: CablePicture }) {
  const { name, ends, isUp, isCut, faults } = cable;
  const [kind, setKind] = useState<FaultKind>("loss");
  const [amount, setAmount] = useState("20");
  const { unit, maximum } = FAULTS[kind];
  const isShare = unit === "probability";
  const put = (event: Event): void => {
    event.preventDefault();
    const value = Number(amount) / (isShare ? 100 : 1);
    ui.act({ do: "impair", cable: name, fault: { kind, amount: value } });
  };
  return (
    <>
      <div class="title">
        <h2>Link {name}</h2>
        <span class={isUp ? "good" : "bad"}>{isCut ? "cut" : isUp ? "up" : "down"}</span>
      </div>
      <p class="dim">{ends.map((end) => `${end.kind} ${end.name}`).join(" to ")}</p>
      <div class="actions">
        <button type="button" onClick={() => ui.act({ do: isCut ? "mend" : "cut", cable: name })}>
          {isCut ? "Mend it" : "Cut it"}
        </button>
      </div>
      <h2>What goes wrong on it</h2>
      {faults.length === 0 && <p class="dim">Nothing.</p>}
      <ul>
        {faults.map((rule) => (
          <li key={rule}>
            {rule}{" "}
            <button type="button" onClick={() => ui.act({ do: "heal", cable: name, rule })}>
              Take it away
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={put}>
        <select
          aria-label="What goes wrong"
          value={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value as FaultKind)}
        >
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
        <label>
          <input
            type="number"
            aria-label="How much"
            min={0}
            max={isShare ? 100 : maximum}
            step="any"
            required
            value={amount}
            onInput={({ currentTarget }) => setAmount(currentTarget.value)}
          />{" "}
          {isShare ? "%" : "ms"}
        </label>
        <button type="submit">Put it on</button>
      </form>
    </>
  );
}
