/**
 * What a DHCP client and a server go through, told as it happens: an address is leased, used, and renewed at half of its time.
 * Both run on this device, at two ends of a cable in memory, so that it needs no network and disturbs none.
 */
import config from "mc/config";
import { Ipv4Address } from "wirelet/address";
import { DhcpClient, DhcpServer, type DhcpClientEvent, type DhcpServerEvent } from "wirelet/dhcp";
import { moddableHost } from "wirelet/moddable";
import { cable } from "./cable.js";

const host = moddableHost();
const [servers, clients] = cable(host.timers);

const server = new DhcpServer({
  ...host,
  link: servers,
  address: Ipv4Address.parse("192.168.7.1"),
  prefixLength: 24,
  pool: { first: Ipv4Address.parse("192.168.7.100"), last: Ipv4Address.parse("192.168.7.199") },
  leaseSeconds: Number(config.leaseSeconds),
  onEvent: (event) => tell("server", describeServer(event)),
});

const client = new DhcpClient({
  ...host,
  link: clients,
  network: clients,
  hostName: "example",
  onEvent: (event) => tell("client", describeClient(event)),
});

function describeClient(event: DhcpClientEvent): string {
  switch (event.type) {
    case "state":
      return `${event.from} -> ${event.to}`;
    case "sent":
      return `sends ${event.message} to ${event.destination}`;
    case "received":
      return `receives ${event.message}`;
    case "changed":
      return `${event.reason}: ${clients.ipv4?.address ?? "no address"}`;
    case "conflict":
      return `${event.address} is ${event.owner}'s`;
    case "ignored":
    case "failed":
      return `${event.type}: ${event.reason}`;
  }
}

function describeServer(event: DhcpServerEvent): string {
  switch (event.type) {
    case "received":
    case "sent":
      return `has ${event.type} ${event.message}`;
    case "ignored":
      return `ignored: ${event.reason}`;
    default:
      return event.type;
  }
}

function tell(who: string, what: string): void {
  host.log("info", `${(host.clock.now() / 1000).toFixed(1)} s  ${who}: ${what}`);
}

server.start();
client.start();
