export { DhcpClient, type DhcpClientOptions } from "./client/client.js";
export type {
  DhcpClientEvent,
  DhcpClientSink,
  DhcpClientState,
  DhcpIgnoreReason,
  DhcpLossReason,
} from "./client/events.js";
export { MAX_DNS_SERVERS, type DhcpLease, type LeaseFault } from "./client/lease.js";
export { DhcpClientMachine, MAX_HOST_NAME, type DhcpClientMachineOptions } from "./client/machine.js";
export type { DhcpServerEvent, DhcpServerIgnoreReason, DhcpServerSink } from "./server/events.js";
export { MAX_SERVER_LEASES, type ServerLease, type ServerLeaseState } from "./server/lease-table.js";
export {
  DEFAULT_LEASE,
  DECLINE_HOLD,
  DhcpServerMachine,
  MAX_SERVER_DNS,
  OFFER_HOLD,
  type DhcpServerMachineOptions,
} from "./server/machine.js";
export { DhcpServer, type DhcpServerOptions } from "./server/server.js";
