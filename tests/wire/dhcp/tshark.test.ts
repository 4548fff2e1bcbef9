import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { interfaceBlock, packetBlock, sectionHeaderBlock } from "../../../simulator/capture/index.js";
import { MacAddress } from "../../../src/address/index.js";
import {
  DHCP_MAX_LENGTH,
  DhcpCode,
  ETHER_TYPE_IPV4,
  ETHERNET_HEADER_LENGTH,
  IPV4_HEADER_LENGTH,
  PROTOCOL_UDP,
  UDP_HEADER_LENGTH,
  emitDhcp,
  emitEthernet,
  emitIpv4,
  emitUdp,
  ipv4PseudoSum,
  type DhcpMessage,
  type DhcpOptions,
} from "../../../src/wire/index.js";
import { describeWithTool } from "../../support/tools.js";
import { faultyFrames, readCapture } from "../../support/tshark.js";
import { hex, ip } from "./bytes.js";
import { EVERY_OPTION, EXAMPLES, FIELDS } from "./examples.js";

const SERVER = ip("10.77.0.1");
const CLIENT = ip("10.77.0.114");
const MAC = MacAddress.parse("02:1a:2b:3c:4d:5e");
const ZERO = ip("0.0.0.0");
const ACK: DhcpMessage = {
  ...{ type: "ACK", hops: 0, xid: 1, secs: 0, broadcast: false },
  ...{ ciaddr: ZERO, yiaddr: CLIENT, siaddr: ZERO, giaddr: ZERO },
  ...{ chaddr: MAC, sname: "", file: "", options: {} },
};

/** More than the options field of a datagram of 576 bytes holds. */
const OVERFLOWING: DhcpOptions = {
  message: "m".repeat(30),
  clientIdentifier: new Uint8Array(250).fill(7),
  tftpServerName: "t".repeat(60),
  bootFileName: "b".repeat(100),
  relayAgentInformation: hex("010161"),
};

function frameOf(message: Uint8Array): Uint8Array {
  const ipAt = ETHERNET_HEADER_LENGTH;
  const udpAt = ipAt + IPV4_HEADER_LENGTH;
  const length = UDP_HEADER_LENGTH + message.length;
  const frame = new Uint8Array(udpAt + length);
  frame.set(message, udpAt + UDP_HEADER_LENGTH);
  emitEthernet(frame, MAC, MAC, ETHER_TYPE_IPV4);
  emitIpv4(frame, ipAt, length, 64, PROTOCOL_UDP, SERVER.value, CLIENT.value, true);
  emitUdp(frame, udpAt, 67, 68, length, ipv4PseudoSum(SERVER.value, CLIENT.value, PROTOCOL_UDP, 0));
  return frame;
}

describeWithTool("tshark", "tshark", () => {
  it("reads each option that is emitted, alone, all at once, and in file and sname", async () => {
    const messages = [
      ...FIELDS.map((field) => emitDhcp({ ...ACK, options: { [field]: EXAMPLES[field][1] } })),
      emitDhcp({ ...ACK, options: EVERY_OPTION }, DHCP_MAX_LENGTH),
      emitDhcp({ ...ACK, options: OVERFLOWING }),
    ];
    const folder = mkdtempSync(join(tmpdir(), "wirelet-dhcp-"));
    try {
      const file = join(folder, "options.pcapng");
      const blocks = messages.map((message, time) => {
        const bytes = frameOf(message);
        return packetBlock({ interfaceId: 0, time, bytes, length: bytes.length });
      });
      writeFileSync(
        file,
        Buffer.concat([sectionHeaderBlock("wirelet"), interfaceBlock("lan", 0), ...blocks]),
      );
      const frames = await readCapture(file, ["dhcp.option.type"]);
      expect(faultyFrames(frames)).toEqual([]);
      expect(frames).toHaveLength(messages.length);
      const codes = frames.map(({ fields }) => fields["dhcp.option.type"]!.map(Number));
      FIELDS.forEach((field, index) => expect(codes[index]).toContain(DhcpCode[field]));
      const all = FIELDS.map((field) => DhcpCode[field]);
      expect(codes.at(-2)).toEqual(expect.arrayContaining(all));
      expect(codes.at(-1)).toEqual(expect.arrayContaining([52, 61, 66, 67, 82]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
