import { CLIENT_LIMITS, HttpClient, type ClientLimits } from "../../../src/http/index.js";
import { NetworkError } from "../../../src/error/index.js";
import type { Cidr } from "../../../src/address/index.js";
import type { Lan, LanHost } from "../../lan/index.js";
import { reasonOf } from "../scenario-error.js";
import type { Watch } from "./expectation.js";

/** Between two attempts to GET, in virtual ms. */
const RETRY = 1_000;
/** Of a GET, in virtual ms: on a bad link TCP may repeat for long. */
const PATIENCE = 120_000;
const PATIENT: ClientLimits = Object.freeze({
  ...CLIENT_LIMITS,
  connectTime: PATIENCE,
  headTime: PATIENCE,
  stallTime: PATIENCE,
});

/** All these hosts have an address, in that network if one is named. */
export function haveAddress(names: readonly string[], network?: Cidr): (lan: Lan) => Watch {
  const isThere = (host: LanHost): boolean => {
    const address = host.network.ipv4?.address;
    return host.isOn && address !== undefined && (network === undefined || network.contains(address));
  };
  return (lan) => {
    const hosts = names.map((name) => lan.find(name));
    return {
      holds: () => hosts.every(isThere),
      instead: () =>
        hosts.length === 1
          ? addressOf(hosts[0]!)
          : `${hosts.filter(isThere).length} of ${hosts.length} have one`,
    };
  };
}

/** None of these hosts has an address. */
export function haveNoAddress(names: readonly string[]): (lan: Lan) => Watch {
  return (lan) => {
    const hosts = names.map((name) => lan.find(name));
    const without = (host: LanHost): boolean => !host.isOn || host.network.ipv4 === undefined;
    return {
      holds: () => hosts.every(without),
      instead: () =>
        hosts
          .filter((host) => !without(host))
          .map(addressOf)
          .join(", "),
    };
  };
}

function addressOf({ name, isOn, network: { ipv4 } }: LanHost): string {
  if (!isOn) return `${name} is off`;
  return ipv4 === undefined ? `${name} has none` : `${name} has ${ipv4.address}/${ipv4.prefixLength}`;
}

export interface GetExpectation {
  readonly from: string;
  readonly url: string;
  readonly status: number;
  /** What the body contains. */
  readonly contains: string | undefined;
}

/** A GET is answered so; it is made again and again until it is. The host's name in the URL is one of the LAN's, or an address. */
export function getAnswers({ from, url, status, contains = "" }: GetExpectation): (lan: Lan) => Watch {
  return (lan) => {
    const host = lan.find(from);
    let [isMet, isOver, last] = [false, false, "there is no answer"];
    const attempt = async (): Promise<boolean> => {
      const { stack, timers, clock } = host.machine;
      const client = new HttpClient({ io: stack.io, clock, timers, limits: PATIENT });
      try {
        const response = await client.request(resolved(lan, url));
        const body = await response.text();
        last = response.status === status ? `the body is ${quote(body)}` : `the status is ${response.status}`;
        host.tell({ topic: "HTTP", text: `GET ${url}: ${response.status}, ${body.length} characters` });
        return response.status === status && body.includes(contains);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        last = reasonOf(error);
        return false;
      } finally {
        client.close();
      }
    };
    const turn = (): void => {
      if (isOver) return;
      void attempt().then((answer) => {
        isMet = answer;
        if (!answer) lan.simulation.schedule(RETRY, turn);
      });
    };
    turn();
    return { holds: () => isMet, instead: () => last, end: () => void (isOver = true) };
  };
}

/** Names of hosts are names only in here: their addresses are what the network knows. */
function resolved(lan: Lan, url: string): string {
  return url.replace(/^(http:\/\/)([^/:]+)/, (all, scheme: string, name: string) =>
    lan.has(name) ? `${scheme}${lan.find(name).address}` : all,
  );
}

/** The story has a line with that text, told by that host if one is named, since the run began. */
export function isTold(text: string, by: string | undefined): (lan: Lan) => Watch {
  return (lan) => {
    let isThere = lan.story.some((line) => line.text.includes(text) && (by === undefined || line.who === by));
    const end = lan.follow((line) => {
      isThere ||= line.text.includes(text) && (by === undefined || line.who === by);
    });
    return { holds: () => isThere, instead: () => "nobody has told that", end };
  };
}

export interface FramesExpectation {
  readonly filter: string;
  readonly atLeast: number;
}

/** So many frames are sent, from when it is looked at, that the filter asks for. */
export function framesAreSent({ filter, atLeast }: FramesExpectation): (lan: Lan) => Watch {
  return (lan) => {
    let count = 0;
    const end = lan.capture.follow(filter, () => count++);
    return { holds: () => count >= atLeast, instead: () => `there were ${count}`, end };
  };
}

/** That host is on, or off. */
export function isPowered(name: string, isOn: boolean): (lan: Lan) => Watch {
  return (lan) => ({
    holds: () => lan.find(name).isOn === isOn,
    instead: () => `it is ${isOn ? "off" : "on"}`,
  });
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
