import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { HostDetails, HostPicture } from "../../protocol/index.js";
import { showBytes, showSeconds, showTime } from "../model/format.js";
import type { Ui } from "../ui.js";

/** Lines of the host's own log that are shown. */
const MAX_LINES = 30;
/** Bytes of a transfer that a person starts. */
const TRANSFERS = [10_000, 100_000, 1_000_000, 10_000_000] as const;

/** All that is known of a host. */
export function HostPanel({ ui, host }: { readonly ui: Ui; readonly host: HostPicture }) {
  const { model } = ui;
  const { name, kind, interfaces, isOn, addresses } = host;
  const details = model.details?.name === name ? model.details : undefined;
  const open = (): void => {
    // Before the answer comes: a window that opens later is one that browsers block.
    const tab = window.open("about:blank");
    ui.ask({ ask: "page", host: name }, (url) => {
      if (tab === null) location.href = url;
      else {
        tab.opener = null;
        tab.location.href = url;
      }
    });
  };
  return (
    <>
      <div class="title">
        <h2>{name}</h2>
        {kind !== name && <span class="dim">{kind}</span>}
        <span class={isOn ? "good" : "bad"}>{isOn ? "on" : "off"}</span>
      </div>
      <div class="actions">
        <button type="button" onClick={() => ui.act({ do: "power", host: name, on: !isOn })}>
          {isOn ? "Power off" : "Power on"}
        </button>
        <button type="button" disabled={!isOn} onClick={() => ui.act({ do: "reboot", host: name })}>
          Reboot
        </button>
        {details !== undefined && details.page !== null && (
          <button type="button" onClick={open}>
            Open its page
          </button>
        )}
      </div>
      <Pairs
        rows={[
          ["MAC", <span class="code">{interfaces.map(({ mac }) => mac).join(", ")}</span>],
          ["Addresses", addresses.length === 0 ? "none" : addresses.join(", ")],
          ["Router", details?.gateway ?? "none"],
          ["DNS", details === undefined || details.dns.length === 0 ? "none" : details.dns.join(", ")],
        ]}
      />
      <Talk ui={ui} host={host} />
      {details !== undefined && isOn && <Inside ui={ui} details={details} />}
      <Log ui={ui} name={name} />
    </>
  );
}

function Inside({ ui, details }: { readonly ui: Ui; readonly details: HostDetails }) {
  const { model } = ui;
  const { dhcp, arp, routes, sockets, leases, memory, drops, counters } = details;
  return (
    <>
      {dhcp !== null && (
        <>
          <h2>Lease</h2>
          <Pairs
            rows={[
              ["State", dhcp.state ?? "none"],
              ["Server", dhcp.server ?? "none"],
              ["Ends in", dhcp.leaseSeconds === null ? "" : showSeconds(dhcp.leaseSecondsLeft)],
              ["Renewed in", dhcp.renewalSecondsLeft === null ? "" : showSeconds(dhcp.renewalSecondsLeft)],
            ]}
          />
        </>
      )}
      {leases !== null && (
        <Table
          title="Leases it has given out"
          head={["Address", "To", "State", "Left"]}
          rows={leases.map((lease) => [
            lease.address,
            model.nameOf(lease.mac),
            lease.state,
            showSeconds(lease.secondsLeft),
          ])}
        />
      )}
      <Table
        title="Sockets"
        head={["", "Local", "Remote", "State"]}
        rows={sockets.map(({ protocol, local, remote, state, sending, receiving }) => [
          protocol,
          local,
          remote === null ? "" : `${remote} ${nameBehind(ui, remote)}`,
          [
            state,
            sending > 0 ? `${showBytes(sending)} to send` : "",
            receiving > 0 ? `${receiving} to read` : "",
          ]
            .filter((text) => text !== "")
            .join(", "),
        ])}
      />
      <Table
        title="ARP table"
        head={["Address", "MAC", "State"]}
        rows={arp.map(({ address, mac, state }) => [
          `${address} ${nameBehind(ui, address)}`,
          mac ?? "asked",
          state,
        ])}
      />
      <Table
        title="Routes"
        head={["To", "Over", ""]}
        rows={routes.map(({ destination, gateway, device }) => [
          destination,
          gateway ?? "the link itself",
          device,
        ])}
      />
      <h2>Memory and counts</h2>
      <Pairs
        rows={[
          [
            "Memory",
            `${showBytes(memory.used)}${memory.total === undefined ? "" : ` of ${showBytes(memory.total)}`}`,
          ],
          ["On since", showSeconds(details.uptimeSeconds)],
          ["Reboots", String(details.reboots)],
          ...Object.entries(counters).map(([name, count]): [string, string] => [name, String(count)]),
          ...Object.entries(drops).map(([name, count]): [string, string] => [
            `dropped: ${name}`,
            String(count),
          ]),
        ]}
      />
    </>
  );
}

function nameBehind({ model }: Ui, address: string): string {
  const name = model.nameOf(address);
  return name === address ? "" : `(${name})`;
}

/** Has the host do something that makes traffic. */
function Talk({ ui, host }: { readonly ui: Ui; readonly host: HostPicture }) {
  const others = [...ui.model.hosts.values()].filter(({ name }) => name !== host.name);
  const [chosen, setChosen] = useState<string>();
  const [bytes, setBytes] = useState(String(TRANSFERS[1]));
  const to = chosen ?? others.find(({ kind }) => kind === "device")?.name ?? others[0]?.name;
  if (to === undefined || !host.isOn) return null;
  return (
    <>
      <h2>Have it talk</h2>
      <form onSubmit={(event) => event.preventDefault()}>
        <label>
          with{" "}
          <select value={to} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {others.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => ui.act({ do: "fetch", from: host.name, host: to, path: "/" })}>
          Get its page
        </button>
        <select
          aria-label="How much to send"
          value={bytes}
          onChange={({ currentTarget }) => setBytes(currentTarget.value)}
        >
          {TRANSFERS.map((each) => (
            <option key={each} value={each}>
              {showBytes(each)}
            </option>
          ))}
        </select>
        <button
          type="button"
          onClick={() => ui.act({ do: "transfer", from: host.name, host: to, bytes: Number(bytes) })}
        >
          Send it
        </button>
      </form>
    </>
  );
}

function Log({ ui, name }: { readonly ui: Ui; readonly name: string }) {
  const lines = ui.model.story.filter(({ who }) => who === name).slice(-MAX_LINES);
  return (
    <>
      <h2>Log</h2>
      {lines.length === 0 && <p class="dim">It has said nothing.</p>}
      {lines.map(({ time, topic, text }) => (
        <div>
          <span class="dim">{showTime(time)}</span> {topic}: {text}
        </div>
      ))}
    </>
  );
}

function Pairs({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <table>
      <tbody>
        {rows
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

interface TableProps {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function Table({ title, head, rows }: TableProps) {
  return (
    <>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="dim">None.</p>
      ) : (
        <table>
          <thead>
            <tr>
              {head.map((name) => (
                <th scope="col">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr>
                {row.map((cell) => (
                  <td class="code">{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
