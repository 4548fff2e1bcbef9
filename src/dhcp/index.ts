export type { DhcpBinding } from "./client/binding.js";
export { DhcpClient, type DhcpClientOptions } from "./client/client.js";
export type {
  DhcpChangeReason,
  DhcpClientEvent,
  DhcpClientSink,
  DhcpFailure,
  DhcpIgnoreReason,
} from "./client/events.js";
export { DhcpInform, type DhcpInformOptions } from "./client/inform.js";
export {
  DHCP_INFORM_STATES,
  DhcpInformMachine,
  type DhcpInformEvent,
  type DhcpInformMachineOptions,
  type DhcpInformSink,
  type DhcpInformState,
} from "./client/inform-machine.js";
export {
  DhcpLease,
  LEAST_LEASE,
  LEAST_RENEWAL,
  MAX_DNS_SERVERS,
  MAX_ROUTES,
  MAX_SEARCH_DOMAINS,
  type LeaseFault,
  type LeaseTimes,
} from "./client/lease.js";
export { leaseStorageKey } from "./client/driver.js";
export { DhcpClientMachine } from "./client/machine.js";
export { MAX_CONFLICTS, RATE_LIMIT_INTERVAL } from "./client/link-local.js";
export { MAX_HOST_NAME } from "./client/messages.js";
export type {
  DhcpClientMachineOptions,
  DhcpClientPolicy,
  DhcpRequestOptions,
  LinkLocalOptions,
} from "./client/options.js";
export { readableOptions, type ReadableOption } from "./client/readable-options.js";
export { MAX_MESSAGES_PER_SECOND } from "./client/reply.js";
export { MAX_OFFERS } from "./client/selecting.js";
export { DHCP_CLIENT_STATES, type DhcpClientState } from "./client/states.js";
export { MAX_STORED_LEASE } from "./client/stored-lease.js";
export { STORE_INTERVAL } from "./client/storing.js";
export { LINK_LOCAL_WAIT, OFFER_WAIT } from "./client/timing.js";
export type { DhcpServerEvent, DhcpServerIgnoreReason, DhcpServerSink } from "./server/events.js";
export type { ServerLease, ServerLeaseState } from "./server/lease.js";
export { leaseRows, storedLeaseRows, type LeaseHolder, type LeaseRow } from "./server/lease-rows.js";
export type { LeaseStore, StoredLease } from "./server/lease-store.js";
export { DhcpServerMachine, MAX_CHECKS, type DhcpServerMachineOptions } from "./server/machine.js";
export {
  DEFAULT_CHECK,
  DEFAULT_LEASE,
  DEFAULT_LEASES_PER_MAC,
  DEFAULT_MIN_LEASE,
  DEFAULT_QUARANTINE,
  MAX_SERVER_DNS,
  MAX_SERVER_LEASES,
  OFFER_HOLD,
  type AddressRange,
  type DhcpOneSubnet,
  type DhcpPool,
  type DhcpReservation,
  type DhcpServerPolicy,
  type DhcpServerSettings,
  type DhcpSettings,
  type DhcpSubnet,
} from "./server/options.js";
export { DhcpServer, type DhcpServerOptions } from "./server/server.js";
