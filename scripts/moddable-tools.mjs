/** What building for Moddable takes of a computer, and what of it is missing. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

/** mcconfig tells tsc to compile for ES2025, which older ones do not know. */
const MINIMUM_TSC = 6;

/** Names of serial ports over USB: Linux's, then macOS's. */
const SERIAL_PORT = /^(ttyUSB\d|ttyACM\d|cu\.(usbserial|usbmodem|SLAB|wchusbserial))/;

const SETUP = "`npm install -g xs-dev`, then `xs-dev setup`";

/** @returns {string[]} what is missing for the simulator, each with what to do about it */
export function missingForSimulator(env = process.env) {
  return [moddable(env), program("mcconfig", mcconfigHint(env), env), tsc(env)].filter(Boolean);
}

/** @returns {string[]} what is missing for building and flashing an ESP32 */
export function missingForEsp32(env = process.env, devices = "/dev") {
  return [...missingForSimulator(env), espIdf(env), serialPort(env, devices)].filter(Boolean);
}

function moddable({ MODDABLE }) {
  if (!MODDABLE)
    return `The variable MODDABLE is not set: it is to name the folder of the Moddable SDK. ${SETUP} install it.`;
  if (!existsSync(path.join(MODDABLE, "tools", "mcconfig")))
    return `MODDABLE is "${MODDABLE}", and there is no Moddable SDK. ${SETUP} install it.`;
  return undefined;
}

/** Where the SDK's own build puts its tools. */
function mcconfigHint({ MODDABLE = "$MODDABLE" }) {
  const system = { darwin: "mac", win32: "win" }[process.platform] ?? "lin";
  const folder = path.join(MODDABLE, "build", "bin", system, "release");
  return existsSync(folder) ? `add ${folder} to it` : `${SETUP} build it`;
}

function program(name, hint, env) {
  return find(name, env) ? undefined : `The program ${name} is not on the PATH: ${hint}.`;
}

function find(name, { PATH = "", PATHEXT = "" }) {
  const names = [name, ...PATHEXT.split(";").map((extension) => name + extension)];
  const folders = PATH.split(path.delimiter).filter((folder) => folder !== "");
  return folders.flatMap((folder) => names.map((each) => path.join(folder, each))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function tsc(env) {
  const hint = `\`npm install -g typescript@${MINIMUM_TSC}\` installs one`;
  const missing = program("tsc", hint, env);
  if (missing) return missing;
  const { stdout } = spawnSync("tsc", ["--version"], {
    env,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const version = /\d+(\.\d+)*/.exec(stdout ?? "")?.[0] ?? "of no version";
  return Number.parseInt(version) >= MINIMUM_TSC
    ? undefined
    : `mcconfig needs TypeScript ${MINIMUM_TSC} or newer as tsc, and this is ${version}: ${hint}.`;
}

/** Its programs need not be on the PATH: mcconfig puts them there for itself. */
function espIdf({ IDF_PATH }) {
  if (IDF_PATH && existsSync(path.join(IDF_PATH, "tools", "idf.py"))) return undefined;
  const what = IDF_PATH
    ? `IDF_PATH is "${IDF_PATH}", and there is no ESP-IDF`
    : "The variable IDF_PATH is not set";
  return `${what}: ESP-IDF compiles for ESP32. \`xs-dev setup --device esp32\` installs it.`;
}

function serialPort({ UPLOAD_PORT }, devices) {
  // Windows has no folder of them; mcconfig finds the port there, or says that it has not.
  if (process.platform === "win32") return undefined;
  const ports = UPLOAD_PORT ? [UPLOAD_PORT] : serialPorts(devices);
  if (ports.length === 0)
    return `No board is connected: there is no serial port in ${devices}. Connect it by a USB cable that carries data, or name its port: UPLOAD_PORT=…`;
  return ports.some(isUsable) ? undefined : unusable(ports[0]);
}

function serialPorts(devices) {
  const names = existsSync(devices) ? readdirSync(devices) : [];
  return names.filter((name) => SERIAL_PORT.test(name)).map((name) => path.join(devices, name));
}

function isUsable(port) {
  try {
    accessSync(port, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function unusable(port) {
  return existsSync(port)
    ? `The serial port ${port} may not be used: on most Linux systems \`sudo usermod -a -G dialout $USER\` allows it, from the next login.`
    : `UPLOAD_PORT is "${port}", and there is no such port.`;
}
