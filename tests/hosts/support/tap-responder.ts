// Answers ARP and ping for one address on a TAP device, without a stack: `tap-responder.ts INTERFACE ADDRESS [attach]`.
// Ends when standard input does.
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import { NetworkError } from "../../../src/error/index.js";
import { openTap } from "../../../hosts/node/tap/index.js";

const [name = "", address = "", mode = ""] = process.argv.slice(2);

function report(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Turns a request into its answer, in place. @returns whether it was one for us */
function answer(frame: Uint8Array, own: MacAddress, ownAddress: Ipv4Address): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset);
  const sender = MacAddress.read(frame, 6);
  const isArpRequest = view.getUint16(12) === 0x0806 && view.getUint16(20) === 1;
  const isPing = view.getUint16(12) === 0x0800 && frame[23] === 1 && frame[34] === 8;
  if (isArpRequest && view.getUint32(38) === ownAddress.value) {
    view.setUint16(20, 2);
    frame.copyWithin(32, 22, 32);
    own.write(frame, 22);
    ownAddress.write(frame, 28);
  } else if (isPing && view.getUint32(30) === ownAddress.value) {
    frame.copyWithin(30, 26, 30);
    ownAddress.write(frame, 26);
    view.setUint8(34, 0);
    // The type fell by 8, so the checksum, a ones' complement sum, rises by 0x0800 (RFC 1624).
    const sum = view.getUint16(36) + 0x0800;
    view.setUint16(36, (sum & 0xffff) + (sum >>> 16));
  } else {
    return false;
  }
  sender.write(frame, 0);
  own.write(frame, 6);
  return true;
}

async function main(): Promise<void> {
  const own = Ipv4Address.parse(address);
  const link = await openTap({ interface: name, attach: mode === "attach" });
  link.onReceive = (frame, length) => {
    if (length >= 42 && answer(frame, link.mac, own)) link.transmit(frame, length);
  };
  link.onLinkChange = () => report({ event: "link", up: link.up });
  report({ event: "open", name: link.name, mac: link.mac.toString(), up: link.up });
  process.stdin.resume().on("end", () => link.close());
}

main().catch((error: unknown) => {
  if (!(error instanceof NetworkError)) throw error;
  report({ event: "error", code: error.code, message: error.message });
  process.stdin.destroy();
});
