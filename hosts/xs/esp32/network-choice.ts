import {
  networkProblem,
  type KnownNetwork,
  type NetworkStore,
  type SetupRequest,
} from "wirelet/device/setup/index";
import type { Log } from "wirelet/host/index";
import type { Settings } from "../settings.js";

/** Which network a device uses, and why it is in set-up mode if it is to be. */
export interface NetworkChoice {
  readonly network: KnownNetwork | undefined;
  readonly reason: string | undefined;
}

/** The network that a person chose on the device's page, before the one that it was built with. */
export function chooseNetwork(
  { ssid, password }: Settings,
  store: Pick<NetworkStore, "load">,
  request: Pick<SetupRequest, "take">,
  log: Log,
): NetworkChoice {
  const stored = attempt(() => store.load(), log);
  const reason = attempt(() => request.take(), log);
  if (stored !== undefined || ssid === undefined) return { network: stored, reason };
  const built = password === undefined ? { ssid } : { ssid, password };
  const problem = networkProblem(built);
  if (problem === undefined) return { network: built, reason };
  log("error", `the settings ssid and password can't be used: ${problem}`);
  return { network: undefined, reason: reason ?? `The network that was built in can't be used: ${problem}.` };
}

/** Flash that can't be read shall not keep the device from its network. */
function attempt<T>(action: () => T | undefined, log: Log): T | undefined {
  try {
    return action();
  } catch (error) {
    log("warn", String(error));
    return undefined;
  }
}
