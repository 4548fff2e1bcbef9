import { jest } from "@jest/globals";
import { describeWith } from "../support/tools.js";
import { dnsmasqTests } from "./dhcp-client/dnsmasq.js";
import { linkTests } from "./dhcp-client/link.js";
import { optionsTests } from "./dhcp-client/options.js";
import { rebootTests } from "./dhcp-client/reboot.js";
import { udhcpdTests } from "./dhcp-client/udhcpd.js";
import { REQUIREMENTS, TIME_LIMIT } from "./support/dhcp-lan.js";

jest.setTimeout(TIME_LIMIT);

// One block of one file: its tests mostly wait, and run side by side, which those of several would not do.
describeWith(REQUIREMENTS, "DHCP client", () => {
  dnsmasqTests();
  udhcpdTests();
  rebootTests();
  linkTests();
  optionsTests();
});
