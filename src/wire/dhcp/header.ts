/** Where the fields of BOOTP's header stand (RFC 2131 §2), in bytes. */
export const OP = 0;
export const HARDWARE_TYPE = 1;
export const HARDWARE_LENGTH = 2;
export const HOPS = 3;
export const XID = 4;
export const SECS = 8;
export const FLAGS = 10;
export const CIADDR = 12;
export const YIADDR = 16;
export const SIADDR = 20;
export const GIADDR = 24;
export const CHADDR = 28;
export const SNAME = 44;
export const FILE = 108;
export const COOKIE = 236;
export const OPTIONS = 240;

export const OP_REQUEST = 1;
export const OP_REPLY = 2;
export const HARDWARE_ETHERNET = 1;
export const FLAG_BROADCAST = 0x8000;
export const MAGIC_COOKIE = 0x63825363;

/** Bits of the overload option: which header fields hold options (RFC 2132 §9.3). */
export const OVERLOAD_FILE = 1;
export const OVERLOAD_SNAME = 2;
