/** What the host says about its memory. */
export interface MemoryReport {
  /** Bytes in use by the program. */
  readonly used: number;
  /** Bytes there are, where the host knows a limit. */
  readonly total?: number;
}

/** Asks the host for its memory figures. */
export type MemoryReporter = () => MemoryReport;
