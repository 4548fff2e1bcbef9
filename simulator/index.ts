export { alternate, type AlternationTimes } from "./alternation.js";
export { arpSpoofer, dhcpServer, firmware, serveDhcp, type ArpSpooferOptions } from "./apps/index.js";
export {
  Cable,
  CableEnd,
  DEFAULT_QUEUE_LIMIT,
  ETHERNET_MTU,
  type CableOptions,
  type Direction,
  type Plug,
} from "./cable.js";
export {
  Capture,
  CAPTURE_EPOCH,
  CAPTURE_LIMITS,
  CapturedFrame,
  CaptureFile,
  interfaceBlock,
  LanCapture,
  LINK_TYPE_ETHERNET,
  LiveCapture,
  MOST_FILE_FRAMES,
  nameResolutionBlock,
  packetBlock,
  readCaptureFile,
  sectionHeaderBlock,
  type CaptureContents,
  type CaptureSink,
  type FileFrame,
  type FrameCondition,
  type LiveCaptureOptions,
  type LiveOptions,
  type NamedAddress,
  type PacketRecord,
  type RingLimits,
} from "./capture/index.js";
export {
  ALIASES,
  dissect,
  FIELDS,
  findFields,
  isFieldName,
  type Dissection,
  type Field,
  type FieldKind,
  type FieldType,
  type FieldTypes,
  type FieldValue,
  type FrameInfo,
} from "./dissect/index.js";
export {
  Dashboard,
  FAULTS,
  Run,
  firstBootBeginning,
  firstBootOptions,
  loadRun,
  saveRun,
  standardScenarios,
  type Action,
  type Beginning,
  type DashboardOptions,
  type Scenarios,
} from "./dashboard/index.js";
export { milliseconds, type Duration } from "./duration.js";
export type { ScheduledEvent } from "./event-queue.js";
export {
  bandwidth,
  bursts,
  corrupt,
  delay,
  duplicate,
  during,
  FAULT_KINDS,
  faultOf,
  jitter,
  loss,
  mark,
  mtuBlackHole,
  partition,
  reorder,
  truncate,
  when,
  type BandwidthOptions,
  type BurstOptions,
  type FaultFigure,
  type FaultKind,
  type FaultRule,
  type FaultSpec,
  type FigureKind,
  type Transit,
} from "./faults/index.js";
export { DEEPEST_FILTER, FilterError, LONGEST_FILTER, parseFilter, type FrameTest } from "./filter/index.js";
export { ETHERNET_OVERHEAD, type Frame, type FramePool } from "./frame.js";
export { SimulatedHost, type SimulatedHostOptions } from "./host.js";
export {
  DEFAULT_LATENCY,
  EVIDENCE_LINES,
  Lan,
  LAN_LISTENER,
  LanHost,
  MAX_SEED,
  PLACE_FAULTS,
  SEED_VARIABLE,
  STORY_LIMIT,
  type App,
  type Fingerprint,
  type LanHostOptions,
  type LanOptions,
  type LinkOptions,
  type PlaceFault,
  type Schedule,
  type ScheduledFault,
  type WifiOptions,
} from "./lan/index.js";
export { MemoryStorage } from "./memory-storage.js";
export { DEFAULT_BACKLOG, type ProcessorOptions } from "./processor.js";
export {
  AppError,
  ASSOCIATION_TIME,
  BEACON_TIME,
  moddable,
  ModdableApp,
  RESTART_TIME,
  type AirNetwork,
  type ModdableOptions,
  type ModdablePlatform,
  type PreferenceValue,
} from "./moddable/index.js";
export { SimulatedRandom } from "./random.js";
export {
  FRAGMENT_TIMEOUT,
  MAX_FRAGMENTED,
  MAX_NAT_SESSIONS,
  MAX_WAITING_FRAGMENTS,
  Nat,
  NAT_TIMEOUTS,
  routerHost,
  type NatDrop,
  type NatFiltering,
  type NatMapping,
  type NatOptions,
  type NatTimeouts,
  type PortForward,
  type Router,
  type RouterNetwork,
  type RouterOptions,
  type RouterUplink,
  type StaticRoute,
} from "./router/index.js";
export type { Observable, Observer, Sighting } from "./sighting.js";
export {
  DEFAULT_PATIENCE,
  EVENTS_PER_MOMENT_LIMIT,
  Simulation,
  type SimulationOptions,
} from "./simulation.js";
export { DEFAULT_AGEING, DEFAULT_TABLE_LIMIT, Switch, type SwitchOptions } from "./switch.js";
export { forward, listenOnLoopback, portOf, type ForwardOptions } from "./forward.js";
export { RealTime, type Place } from "./real-time.js";
export { RecordedHosts, Replay, type Recorded, type ReplayOptions } from "./replay/index.js";
export { FirstBoot, type BootReport, type FirstBootOptions, type Page } from "./scenarios/first-boot.js";
export {
  DEVICES_PER_SUBNET,
  ManyDevices,
  MAX_DEVICES,
  REQUESTS_AT_ONCE,
  type ManyDevicesOptions,
  type ManyDevicesReport,
} from "./scenarios/many-devices.js";
export { neighbors, type NeighborsOptions } from "./scenarios/neighbors.js";
export { formatSeconds, formatStoryLine, tellDeviceEvent, type StoryLine, type Telling } from "./story.js";
export {
  AccessPoint,
  Air,
  BEACON_TIMEOUT,
  DEFAULT_MAX_STATIONS,
  DEFAULT_SIGNAL,
  HANDSHAKE_TIMEOUT,
  JOIN_TIME,
  keepJoined,
  Radio,
  REJOIN_INTERVAL,
  RETRY_LIMIT,
  ROAM_BELOW,
  ROAM_GAP,
  ROAM_MARGIN,
  ROAM_SEARCH_TIME,
  SCAN_TIME,
  SIGNAL_AT_ONE_METER,
  tellRadioEvent,
  WEAKEST_SIGNAL,
  type AccessPointOptions,
  type JoinFailure,
  type LossReason,
  type Position,
  type RadioEvent,
  type RadioOptions,
  type WifiNetwork,
} from "./wifi/index.js";
