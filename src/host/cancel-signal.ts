/**
 * What cancels a waiting call: as much of the web's `AbortSignal` as is needed for it, so that one can be passed where
 * there is one.
 */
export interface CancelSignal {
  readonly aborted: boolean;
  /** What the calls are rejected with; undefined: NetworkError ECANCELED. */
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
