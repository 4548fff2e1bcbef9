import { DEVICE_LIMITS, type HttpLimits } from "../http/server/index.js";

/**
 * Bytes of a request's head. Browsers send about 500 to a device that sets no cookies. A server holds a head twice while it is
 * answered and three times while it is checked, in two bytes for each one beyond ASCII. Measured: five clients that send the
 * 8 KiB of `MAX_HEAD` each make XS need more than 128 KiB of chunks, which no ESP32 has; with this it is about 80 KiB.
 */
export const MAX_PAGE_HEAD = 2048;

/** The limits for pages of a microcontroller. On a computer, browsers send it the cookies of all that is on its localhost. */
export const PAGE_LIMITS: HttpLimits = Object.freeze({ ...DEVICE_LIMITS, head: MAX_PAGE_HEAD });
