import { FAULTS, type Fault, type FaultKind } from "./fault.js";
import { Fields } from "./fields.js";

/** What a host that is added is. */
export const HOST_KINDS = Object.freeze(["device", "computer"] as const);
export type HostKind = (typeof HOST_KINDS)[number];

/** What can be done to a LAN while it runs; hosts and cables by their names. */
export type Action =
  | { readonly do: "power"; readonly host: string; readonly on: boolean }
  | { readonly do: "reboot"; readonly host: string }
  | { readonly do: "cut" | "mend"; readonly cable: string }
  | { readonly do: "impair"; readonly cable: string; readonly fault: Fault }
  /** @property rule the only one to take away, by its name; absent: all */
  | { readonly do: "heal"; readonly cable: string; readonly rule?: string }
  | { readonly do: "add"; readonly host: string; readonly kind: HostKind }
  | { readonly do: "fetch"; readonly from: string; readonly host: string; readonly path: string }
  | { readonly do: "transfer"; readonly from: string; readonly host: string; readonly bytes: number };

/** An action, and the place in the run where it was done. */
export type PlacedAction = Action & {
  /** Virtual ms. */
  readonly time: number;
  /** How many events had run before; absent where a person has written the file. */
  readonly event?: number;
};

/** What one transfer may be: a while of work for a slow link, and little for the memory of a history. */
export const MAX_TRANSFER = 100e6;

/** What a name may be: it is shown, and stands in URLs and files. */
const HOST_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u;

const KINDS = ["power", "reboot", "cut", "mend", "impair", "heal", "add", "fetch", "transfer"] as const;

/** @param what names it in errors. @throws NetworkError EINVAL, which says what is wrong with it */
export function readAction(value: unknown, what: string): Action {
  const fields = new Fields(value, what);
  const kind = fields.choice("do", KINDS);
  switch (kind) {
    case "power":
      return { do: kind, host: fields.text("host"), on: fields.boolean("on") };
    case "reboot":
      return { do: kind, host: fields.text("host") };
    case "cut":
    case "mend":
      return { do: kind, cable: fields.text("cable") };
    case "impair":
      return { do: kind, cable: fields.text("cable"), fault: readFault(fields, what) };
    case "heal": {
      const rule = fields.optionalText("rule");
      return { do: kind, cable: fields.text("cable"), ...(rule !== undefined && { rule }) };
    }
    case "add": {
      const host = fields.text("host");
      if (!HOST_NAME.test(host))
        throw fields.wrong("host", "a name of 1 to 40 letters, digits, spaces, dots, - and _");
      return { do: kind, host, kind: fields.choice("kind", HOST_KINDS) };
    }
    case "fetch": {
      const path = fields.text("path");
      if (!/^\/[\x21-\x7e]*$/.test(path)) throw fields.wrong("path", 'a path, such as "/"');
      return { do: kind, from: fields.text("from"), host: fields.text("host"), path };
    }
    case "transfer": {
      const bytes = fields.number("bytes", 1, MAX_TRANSFER);
      if (!Number.isInteger(bytes)) throw fields.wrong("bytes", "a whole number");
      return { do: kind, from: fields.text("from"), host: fields.text("host"), bytes };
    }
  }
}

/** @throws NetworkError EINVAL */
export function readPlacedAction(value: unknown, what: string): PlacedAction {
  const fields = new Fields(value, what);
  const time = fields.number("time", 0, Number.MAX_SAFE_INTEGER);
  const event = fields.optionalNumber("event", 0, Number.MAX_SAFE_INTEGER);
  return { time, ...(event !== undefined && { event }), ...readAction(value, what) };
}

function readFault(fields: Fields, what: string): Fault {
  const fault = new Fields(fields.any("fault"), `the fault of ${what}`);
  const kind = fault.choice("kind", Object.keys(FAULTS) as FaultKind[]);
  return { kind, amount: fault.number("amount", 0, FAULTS[kind].maximum) };
}
