import { SocketAddress } from "../../../src/address/index.js";
import type { NatOptions, PortForward } from "../../router/index.js";
import type { RouterPlan } from "../plan.js";
import type { Field, Fields } from "./field.js";
import { checkName, readAddress, readCidr } from "./hosts.js";

/** Interfaces of a router at most. */
const MAX_NETWORKS = 64;
const MAX_ROUTES = 256;
const MAX_FORWARDS = 64;
const MAX_PORT = 65_535;

export function readRouter(field: Field, switches: readonly string[]): RouterPlan {
  const name = checkName(field);
  const fields = field.map(["networks", "uplink", "routes"]);
  const networks = fields.need("networks").list(MAX_NETWORKS);
  if (networks.length === 0) throw fields.need("networks").error("a router is in one network at least");
  const uplink = fields.get("uplink");
  return {
    field,
    name,
    networks: networks.map((each) => {
      const network = each.map(["on", "address", "dhcp"]);
      return {
        on: network.need("on").choice(switches, "switch"),
        address: readCidr(network.need("address")),
        ...network.optional("dhcp", (value) => value.boolean()),
      };
    }),
    uplink: uplink && readUplink(uplink.map(["on", "address", "gateway", "nat"]), switches),
    routes: (fields.get("routes")?.list(MAX_ROUTES) ?? []).map((each) => {
      const route = each.map(["to", "via"]);
      return { to: readCidr(route.need("to")), via: readAddress(route.need("via")) };
    }),
  };
}

function readUplink(fields: Fields, switches: readonly string[]): NonNullable<RouterPlan["uplink"]> {
  const address = fields.need("address");
  return {
    on: fields.need("on").choice(switches, "switch"),
    address: address.scalar === "dhcp" ? "dhcp" : readCidr(address),
    ...fields.optional("gateway", readAddress),
    ...fields.optional("nat", readNat),
  };
}

function readNat(field: Field): boolean | NatOptions {
  if (!field.isMap) return field.boolean();
  return field.map(["forwards"]).optional("forwards", (list) => list.list(MAX_FORWARDS).map(readForward));
}

function readForward(field: Field): PortForward {
  const fields = field.map(["protocol", "port", "to"]);
  return {
    ...fields.optional("protocol", (each) => each.choice(["tcp", "udp"] as const, "protocol")),
    port: fields.need("port").whole(1, MAX_PORT),
    to: fields
      .need("to")
      .parsed((text) => SocketAddress.parse(text), "such as 192.168.1.10:80")
      .toString(),
  };
}
