import { NetworkError } from "../../error/index.js";
import { decodeUtf8, encodeUtf8, type Storage } from "../../host/index.js";

/** A Wi-Fi network, as a person has chosen it. */
export interface KnownNetwork {
  readonly ssid: string;
  /** Absent for an open network. */
  readonly password?: string;
}

/** Bytes of a network's name at most (IEEE 802.11-2020 §9.4.2.2). */
export const MAX_SSID = 32;
/** Bytes of a passphrase, at least and at most; 64 hexadecimal digits are the key itself (IEEE 802.11-2020 §J.4.1). */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 63;

const KEY = "wifi";

/** The one network that a device was told to use, kept where it survives a reboot. */
export class NetworkStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * The network that was saved; undefined if there is none, or what is there is none.
   *
   * @throws NetworkError what keeps the host from reading
   */
  load(): KnownNetwork | undefined {
    const value = this.#storage.get(KEY);
    return value === undefined ? undefined : decode(value);
  }

  /** @throws NetworkError EINVAL for what no network has as name or password, else what keeps the host from writing */
  save(network: KnownNetwork): void {
    const problem = networkProblem(network);
    if (problem !== undefined) throw new NetworkError("EINVAL", "save network", network.ssid, problem);
    this.#storage.set(KEY, encode(network));
  }

  /** @throws NetworkError what keeps the host from writing */
  forget(): void {
    this.#storage.delete(KEY);
  }
}

/** What is wrong with a name or password that a person has typed; undefined if nothing is. */
export function networkProblem({ ssid, password }: KnownNetwork): string | undefined {
  if (ssid === "") return "a network has a name";
  // The Wi-Fi drivers take text up to a NUL, and would look for another network.
  if (ssid.includes("\0") || password?.includes("\0") === true) return "a NUL character can't be used";
  if (encodeUtf8(ssid).length > MAX_SSID) return `a network's name has at most ${MAX_SSID} bytes`;
  if (password === undefined || /^[0-9a-f]{64}$/i.test(password)) return undefined;
  const size = encodeUtf8(password).length;
  if (size >= MIN_PASSWORD && size <= MAX_PASSWORD) return undefined;
  return `a password has ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`;
}

/** The name's length, the name, the password. */
function encode({ ssid, password = "" }: KnownNetwork): Uint8Array {
  const name = encodeUtf8(ssid);
  const secret = encodeUtf8(password);
  const value = new Uint8Array(1 + name.length + secret.length);
  value[0] = name.length;
  value.set(name, 1);
  value.set(secret, 1 + name.length);
  return value;
}

function decode(value: Uint8Array): KnownNetwork | undefined {
  const end = 1 + (value[0] ?? 0);
  if (end > value.length) return undefined;
  const ssid = decodeUtf8(value.subarray(1, end), "lossy");
  const password = decodeUtf8(value.subarray(end), "lossy");
  const network = password === "" ? { ssid } : { ssid, password };
  return networkProblem(network) === undefined ? network : undefined;
}
