import { Cidr, Ipv4Address, MacAddress } from "../../../src/address/index.js";
import { UsageError, textOption, type OptionValue } from "./options.js";

/** An IPv4 address and how many of its bits name the network. */
export interface HostAddress {
  readonly address: Ipv4Address;
  readonly prefixLength: number;
}

/** Each of these is undefined if the option was not given. @throws UsageError if it is not the MAC of one device */
export function macOption(name: string, value: OptionValue): MacAddress | undefined {
  const text = textOption(name, value);
  if (text === undefined) return undefined;
  const mac = MacAddress.tryParse(text);
  if (mac === undefined || mac.isMulticast || mac.value === 0) {
    throw new UsageError(`--${name} takes the MAC of one device, such as 02:00:00:12:34:56, not "${text}".`);
  }
  return mac;
}

/** @throws UsageError if it is no IPv4 address */
export function ipv4Option(name: string, value: OptionValue): Ipv4Address | undefined {
  const text = textOption(name, value);
  if (text === undefined) return undefined;
  const address = Ipv4Address.tryParse(text);
  if (address === undefined)
    throw new UsageError(`--${name} takes an IPv4 address, such as 10.77.0.1, not "${text}".`);
  return address;
}

/** @throws UsageError if it is no IPv4 address with its network */
export function hostAddressOption(name: string, value: OptionValue): HostAddress | undefined {
  const text = textOption(name, value);
  if (text === undefined) return undefined;
  const cidr = Cidr.tryParse(text);
  if (cidr?.address.family !== 4)
    throw new UsageError(
      `--${name} takes an IPv4 address and its network, such as 10.77.0.2/24, not "${text}".`,
    );
  return { address: cidr.address, prefixLength: cidr.prefixLength };
}
