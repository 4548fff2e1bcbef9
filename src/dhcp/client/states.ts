/**
 * The states of RFC 2131 §4.4, figure 5, and two around them: STOPPED, and PROBING, in which a leased address is checked
 * for another owner before it is used (RFC 2131 §4.4.1, RFC 5227).
 */
export const DHCP_CLIENT_STATES = Object.freeze([
  "STOPPED",
  "INIT",
  "SELECTING",
  "REQUESTING",
  "INIT-REBOOT",
  "REBOOTING",
  "PROBING",
  "BOUND",
  "RENEWING",
  "REBINDING",
] as const);

export type DhcpClientState = (typeof DHCP_CLIENT_STATES)[number];
