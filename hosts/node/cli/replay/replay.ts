import { readFileSync, statSync } from "node:fs";
import {
  Lan,
  RealTime,
  RecordedHosts,
  Replay,
  dissect,
  findFields,
  firmware,
  readCaptureFile,
  type CaptureContents,
  type FileFrame,
  type LanHost,
  type LiveCapture,
} from "../../../../simulator/index.js";
import type { Device } from "../../../../src/device/index.js";
import { NetworkError } from "../../../../src/error/index.js";
import { attemptFile } from "../../files.js";
import { captureLan, captureStatus, textOutput } from "../open-capture.js";
import { UsageError } from "../options.js";
import { lineOf, objectOf, ofFile, ofLan, type ListedFrame } from "./lines.js";
import { USUAL_PREFIX_LENGTH, readTask, type Part, type Task } from "./options.js";

/** In bytes: a file is read whole. */
const LARGEST_FILE = 256 * 1024 * 1024;

/** Virtual time for the answers to what was sent last. */
const LAST_WORDS = 5_000;

const DEVICE = "device";

export const REPLAY_HELP = `Sends the frames of a capture into a simulated LAN, at their times, where a simulated device with
Wirelet's firmware takes the part of one of its hosts; prints them and what the device answers.
The file may be pcapng or classic pcap.

Usage: npm run --silent wirelet -- replay FILE [OPTION…]

  --list          print the file's frames and send nothing
  --filter TEXT   only the file's frames that it asks for: "tcp && ip.addr == 10.0.0.0/8"
  --to ADDRESS    whose part the device plays: a MAC of the capture, or an IPv4 address, with the
                  length of its prefix if that is not 24 (default: who is asked most)
  --speed N       N seconds of the capture in one second (default: as fast as it goes)
  --json          a JSON object a line, instead of text for people
  --pcap FILE     write what crosses the LAN as pcapng, while it happens, for Wireshark or tshark;
                  FILE may be a named pipe, or - for standard output
  --seed N        decides every random choice of the device's (default 1)
  --help          print this

What the host of that part has sent is left out: the device's own answers stand in its place. It
has that host's MAC and address; the address is fixed, and it asks no DHCP server. The other hosts
answer ARP. docs/capture.md tells more, and has the filters' language.
`;

/** `wirelet replay` */
export async function replay(args: readonly string[]): Promise<number> {
  const task = readTask(args);
  const contents = readFile(task.file);
  const listed = contents.frames
    .map((frame) => ({ frame, line: ofFile(frame, contents.epoch, hostsOf(frame, contents)) }))
    .filter(({ line }) => task.filter(line.dissection));
  if (contents.problem !== undefined)
    process.stderr.write(`wirelet: ${task.file} is read as far as it goes: ${contents.problem}\n`);
  if (task.isList) {
    const print = printer(task, process.stdout);
    for (const { line } of listed) print(line);
    return 0;
  }
  const frames = listed.map(({ frame }) => frame);
  return captureStatus(await play(task, frames));
}

/** @throws NetworkError */
function readFile(file: string): CaptureContents {
  const bytes = attemptFile("read capture", file, () => {
    if (statSync(file).size > LARGEST_FILE)
      throw new NetworkError("EMSGSIZE", "read capture", file, `it has more than ${LARGEST_FILE} bytes`);
    return readFileSync(file);
  });
  return readCaptureFile(bytes, file);
}

/** The names that the file gives to where a frame was seen, and to its addresses. */
function hostsOf({ bytes, interface: port }: FileFrame, { names }: CaptureContents): string[] {
  const addresses = names.size === 0 ? [] : findFields(dissect(bytes), "ip.addr");
  const named = addresses.flatMap(({ value }) => names.get(String(value)) ?? []);
  return [...new Set(port === undefined ? named : [port, ...named])];
}

/** @returns the capture that was asked for */
async function play(task: Task, frames: readonly FileFrame[]): Promise<LiveCapture | undefined> {
  const text = textOutput(task.pcap, task.isJson);
  const lan = new Lan({ ...(task.seed !== undefined && { seed: task.seed }), capture: false });
  const device = addDevice(lan, frames, task.part);
  const live = task.pcap === undefined ? undefined : captureLan(task.pcap, lan);
  const print = printer(task, task.isJson ? process.stdout : text);
  let answers = 0;
  lan.capture.follow(
    () => true,
    (frame) => {
      if (frame.port === DEVICE) answers++;
      print(ofLan(frame));
    },
  );
  const replay = new Replay(lan, frames, { as: device.mac });
  process.stderr.write(`The device plays ${device.address}, ${device.mac}\n`);
  await pass(lan, replay.duration + LAST_WORDS, task.speed);
  live?.close();
  const foreign = replay.foreign === 0 ? "" : `, ${replay.foreign} are not Ethernet`;
  process.stderr.write(
    `${replay.sent} frames sent, ${replay.leftOut} left out as the device's own part${foreign}; ` +
      `the device has sent ${answers}\n`,
  );
  return live;
}

/** The device, in place of a host of the capture. @throws UsageError if it is not clear whose */
function addDevice(lan: Lan, frames: readonly FileFrame[], part: Part | undefined): LanHost<Device> {
  const hosts = new RecordedHosts(frames);
  const found = part === undefined ? hosts.mostAsked : hosts.find(nameOf(part));
  const address = part?.address?.toString() ?? found?.address;
  if (part === undefined && found === undefined)
    throw new UsageError("No frame is for anybody: say with --to whose part the device plays.");
  if (address === undefined)
    throw new UsageError(
      `The capture has no IPv4 address for ${part?.text ?? found?.mac}: name one with --to.`,
    );
  if (found === undefined)
    process.stderr.write(`Nobody in the capture is ${part?.text}: nothing is left out\n`);
  return lan.host(DEVICE, {
    stack: "device",
    ...(found !== undefined && { mac: found.mac.toString() }),
    address: `${address}/${part?.prefixLength ?? USUAL_PREFIX_LENGTH}`,
    link: { latency: 0 },
    app: firmware({ dhcp: undefined }),
  });
}

function nameOf({ mac, address, text }: Part): string {
  return address?.toString() ?? mac?.toString() ?? text;
}

/** Lets so many virtual ms pass. @param speed how many of them in a real one; absent: as fast as it goes */
async function pass(lan: Lan, duration: number, speed: number | undefined): Promise<void> {
  if (speed === undefined) return lan.runFor(duration);
  const pace = new RealTime(lan.simulation);
  pace.speed = speed;
  await new Promise<void>((resolve) => void lan.simulation.schedule(duration, resolve));
  pace.stop();
}

function printer({ isJson }: Task, stream: NodeJS.WriteStream): (frame: ListedFrame) => void {
  const format = isJson ? (frame: ListedFrame): string => JSON.stringify(objectOf(frame)) : lineOf;
  return (frame) => void stream.write(`${format(frame)}\n`);
}
