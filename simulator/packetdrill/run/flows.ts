import type { Endpoint, SocketObserver } from "../calls/index.js";
import type { Socket } from "../kernel/socket.js";
import type { LivePacket } from "../packet/live-packet.js";
import type { Packet, Ports } from "../packet/packet.js";
import type { Settings } from "../settings.js";
import { Flow } from "./flow.js";

/** The first port that the script's side connects from; each connection gets one of its own. */
const FIRST_REMOTE_PORT = 40_000;

/**
 * Which connection a line of the script is about. As in packetdrill that is the socket made last, or the connection
 * that was opened to it; packets that name their ports can be about any.
 */
export class Flows implements SocketObserver {
  readonly #settings: Settings;
  readonly #flows: Flow[] = [];
  /** The socket made last, as long as no connection is its. */
  #newest: Socket | undefined;
  #current: Flow | undefined;
  #nextRemotePort = FIRST_REMOTE_PORT;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** What a code block asks about: the connection of now, or the socket that has none yet. */
  get subject(): Flow | Socket | undefined {
    return this.#current ?? this.#newest;
  }

  opened(socket: Socket): void {
    this.#newest = socket;
    this.#current = undefined;
  }

  connecting(socket: Socket, remote: Endpoint): void {
    const { localPort } = socket;
    if (localPort === undefined) return;
    const known = this.#flows.find((flow) => flow.socket === socket);
    if (known?.localPort === localPort && known.remotePort === remote.port) return;
    const flow = new Flow(localPort, remote.port);
    flow.socket = socket;
    this.#add(flow);
  }

  accepted(socket: Socket): void {
    const flow = this.#flows.find(
      ({ localPort, remotePort }) => localPort === socket.localPort && remotePort === socket.remotePort,
    );
    if (flow !== undefined) flow.socket = socket;
  }

  /** The connection that a packet of the script belongs to; one that comes in may begin a new one. */
  flowOf({ direction, protocol, ports }: Packet & { readonly ports?: Ports | undefined }): Flow | undefined {
    if (ports === undefined) {
      if (this.#current !== undefined || direction === "outbound") return this.#current;
      return this.#add(this.#passive(protocol));
    }
    const [local, remote] =
      direction === "inbound" ? [ports.destination, ports.source] : [ports.source, ports.destination];
    const known = this.#flows.find(
      ({ localPort, remotePort }) => localPort === local && remotePort === remote,
    );
    if (known !== undefined || direction === "outbound") return known;
    const flow = new Flow(local, remote, { source: local, destination: remote });
    this.#flows.push(flow);
    return flow;
  }

  ownerOf(packet: LivePacket): Flow | undefined {
    return this.#flows.find((flow) => flow.owns(packet));
  }

  /** A connection that the script opens: to the socket made last, or to nobody. */
  #passive(protocol: Packet["protocol"]): Flow {
    const localPort = this.#newest?.localPort ?? this.#settings.bindPort;
    if (protocol === "tcp") return new Flow(localPort, this.#nextRemotePort++);
    const flow = new Flow(localPort, this.#settings.connectPort);
    flow.socket = this.#newest;
    return flow;
  }

  #add(flow: Flow): Flow {
    this.#flows.push(flow);
    this.#current = flow;
    return flow;
  }
}
