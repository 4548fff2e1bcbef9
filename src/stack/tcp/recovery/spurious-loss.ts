import { distance } from "../sequence.js";
import type { AckReport } from "./ack-report.js";

/**
 * Whether what was retransmitted was needed: remembers what the window was before, and looks for proof that the
 * original had arrived, by timestamps (Eifel, RFC 3522) or by DSACKs for all retransmissions (RFC 3708).
 */
export class SpuriousLoss {
  priorWindow = 0;
  priorThreshold = 0;
  private active = false;
  private retransmissions = 0;
  private dsacks = 0;
  /** TSval of the first retransmission. */
  private stamp: number | undefined;

  begin(window: number, threshold: number): void {
    this.priorWindow = window;
    this.priorThreshold = threshold;
    this.active = true;
    this.retransmissions = this.dsacks = 0;
    this.stamp = undefined;
  }

  clear(): void {
    this.active = false;
  }

  /** @param timestamp TSval, or undefined without timestamps */
  onRetransmitted(timestamp: number | undefined): void {
    this.retransmissions++;
    if (this.retransmissions === 1) this.stamp = timestamp;
  }

  onDsack(): void {
    this.dsacks++;
  }

  isProven({ timestampEcho }: AckReport): boolean {
    if (!this.active || this.retransmissions === 0) return false;
    if (this.dsacks >= this.retransmissions) return true;
    return timestampEcho !== undefined && this.stamp !== undefined && distance(timestampEcho, this.stamp) < 0;
  }
}
