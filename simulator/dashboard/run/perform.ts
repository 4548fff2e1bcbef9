import { NetworkError } from "../../../src/error/index.js";
import { firmware } from "../../apps/index.js";
import type { Cable } from "../../cable.js";
import type { Lan } from "../../lan/index.js";
import type { Action } from "./action.js";
import { makeFault } from "./fault.js";
import { fetchPage, transfer } from "./traffic.js";

/** Does to a LAN what a person asks for. @throws NetworkError if it cannot be done; then nothing is */
export function perform(lan: Lan, action: Action): void {
  switch (action.do) {
    case "power": {
      const host = lan.find(action.host);
      if (action.on) host.powerOn();
      else host.powerOff();
      return host.tell({ topic: "power", text: action.on ? "on" : "off" });
    }
    case "reboot": {
      const host = lan.find(action.host);
      host.reboot();
      return host.tell({ topic: "power", text: "off and on" });
    }
    case "cut":
      return findCable(lan, action.cable).cut();
    case "mend":
      return findCable(lan, action.cable).mend();
    case "impair":
      findCable(lan, action.cable).impair(makeFault(action.fault));
      return;
    case "heal":
      return findCable(lan, action.cable).heal(action.rule);
    case "add":
      lan.host(action.host, { stack: action.kind === "device" ? "device" : "host", app: firmware() });
      return;
    case "fetch":
      return fetchPage(lan.find(action.from), lan.find(action.host), action.path);
    case "transfer":
      return transfer(lan.find(action.from), lan.find(action.host), action.bytes);
  }
}

function findCable(lan: Lan, name: string): Cable {
  const cable = lan.cables.find((each) => each.name === name);
  if (cable === undefined)
    throw new NetworkError("EHOSTUNREACH", "find cable", name, "the LAN has none of that name");
  return cable;
}
