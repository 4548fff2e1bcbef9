/** Where something stands, in meters. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** What reaches a station a meter away, in dBm: a usual access point's 20 dBm, less what space and small antennas take. */
export const SIGNAL_AT_ONE_METER = -35;

/** What a station hears of an access point when nothing says how far it is, in dBm: both in the same room. */
export const DEFAULT_SIGNAL = -50;

/** Below, nothing is understood, in dBm. */
export const WEAKEST_SIGNAL = -90;

/** Decibels for each ten times the distance, inside a house (ITU-R P.1238 has 28 to 30 for homes and offices). */
const LOSS_PER_DECADE = 30;

/** 802.11n with one stream in 20 MHz: dBm that a receiver needs for bits a second (IEEE 802.11-2020 tables 19-23, 19-27). */
const RATES: readonly (readonly [signal: number, rate: number])[] = Object.freeze([
  [-64, 65e6],
  [-65, 58.5e6],
  [-66, 52e6],
  [-70, 39e6],
  [-74, 26e6],
  [-77, 19.5e6],
  [-79, 13e6],
  [-82, 6.5e6],
]);

/** The lowest rate: all stations understand it, so groups get theirs at it. */
export const BASIC_RATE = 6.5e6;

/** Frames lost where the signal is just what a rate needs: the standard's definition of it. */
const ERRORS_AT_THRESHOLD = 0.1;

/** Decibels that change the share of lost frames by ten: so all are lost at WEAKEST_SIGNAL. */
const DECIBELS_PER_DECADE = 8;

/** @returns dBm, a whole number */
export function signalAt(station: Position, accessPoint: Position): number {
  const distance = Math.max(1, Math.hypot(station.x - accessPoint.x, station.y - accessPoint.y));
  return Math.round(SIGNAL_AT_ONE_METER - LOSS_PER_DECADE * Math.log10(distance));
}

/** Bits a second. @param signal dBm */
export function rateAt(signal: number): number {
  return RATES.find(([needed]) => signal >= needed)?.[1] ?? BASIC_RATE;
}

/** The share of transmissions that are lost at a rate. @param signal dBm */
export function errorsAt(signal: number, rate: number): number {
  const needed = RATES.find(([, each]) => each <= rate)?.[0] ?? WEAKEST_SIGNAL;
  return Math.min(1, ERRORS_AT_THRESHOLD * 10 ** ((needed - signal) / DECIBELS_PER_DECADE));
}
