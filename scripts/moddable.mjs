/**
 * `npm run sim` and `npm run flash`: builds the firmware, or another app, with Moddable's mcconfig, and starts it. They install
 * nothing of Moddable's, and say what is missing.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { root } from "./install.mjs";
import { firmwareConfig, settingsProblem } from "./moddable-settings.mjs";
import { missingForEsp32, missingForSimulator } from "./moddable-tools.mjs";

const COMMON_HELP = `  --app FOLDER          another app instead of the firmware: examples/moddable/sockets
  --release             without the debugger, with memory figures (mcconfig -i instead of -d)
  --clean               remove what was built before, and build nothing
  --dry-run             only print what would be run
  --help                print this`;

const SETTINGS_HELP = `KEY=VALUE sets one of the firmware's settings (docs/esp32.md says more of each):

  ssid=NAME             the Wi-Fi network; absent: the device asks for one, in set-up mode
  password=…            the network's, 8 to 63 characters; absent: it is open
  setuppassword=…       8 to 63 characters, of the access point in set-up mode; absent: open
  hostname=NAME         the device's name; absent: wirelet- and the end of its MAC
  port=NUMBER           where the page is; absent: 80, and 8080 in the simulator
  dhcp=own              this project's DHCP client; absent: platform, which is lwIP's
  static=ADDRESS/BITS   nobody gets an address: 192.168.1.20/24
  gateway=ADDRESS       with static: the router
  dns=ADDRESS,…         with static: name servers
  log=LEVEL             what is worth a line: debug, info, warn, error or none; absent: info
`;

const COMMANDS = {
  sim: {
    platform: "sim/m5stack",
    missing: missingForSimulator,
    help: `Builds the firmware and runs it in Moddable's simulator; its page is at http://127.0.0.1:8080/.

Usage: npm run sim [-- [OPTION…] [KEY=VALUE…]]

  -p, --platform NAME   sim/m5stack (absent: this); lin, mac or win: a simulator without a screen
${COMMON_HELP}

${SETTINGS_HELP}`,
  },
  flash: {
    platform: "esp32",
    missing: missingForEsp32,
    help: `Builds the firmware and flashes it into an ESP32 that is connected by USB.

Usage: npm run flash -- [OPTION…] ssid=… password=… [KEY=VALUE…]

  -p, --platform NAME   the board: esp32 (absent: this), esp32/m5stack, esp32/esp32s3, …
${COMMON_HELP}

The serial port is found by itself; the variable UPLOAD_PORT names it where there are several.

${SETTINGS_HELP}`,
  },
};

const OPTIONS = {
  platform: { type: "string", short: "p" },
  app: { type: "string" },
  release: { type: "boolean" },
  clean: { type: "boolean" },
  "dry-run": { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

main(process.argv.slice(2));

function main([name, ...args]) {
  const command = COMMANDS[name];
  const call = parse(name, args);
  if (call.values.help) return void process.stdout.write(command.help);
  const folder = path.resolve(root, call.values.app ?? ".");
  if (!existsSync(path.join(folder, "manifest.json")))
    return fail(`There is no manifest.json in ${folder}.`, 2);
  const config = firmwareConfig(folder);
  if (config !== undefined && call.positionals.length > 0) {
    const problem = settingsProblem(config, call.positionals);
    if (problem !== undefined) return fail(problem, 2);
  }
  const mcconfig = [
    call.values.release ? "-i" : "-d",
    "-m",
    ...["-p", call.values.platform ?? command.platform],
    ...(call.values.clean ? ["-t", "clean"] : []),
    ...call.positionals,
  ];
  console.log(`mcconfig ${mcconfig.map(shown).join(" ")}`);
  if (call.values["dry-run"]) return undefined;
  const missing = command.missing();
  if (missing.length > 0) return fail(["something is missing.", ...missing].join("\n  - "), 1);
  return run("mcconfig", mcconfig, folder);
}

function parse(name, args) {
  try {
    const call = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const stray = call.positionals.find((text) => !/^\w+=/.test(text));
    if (stray === undefined) return call;
    throw new Error(`"${stray}" is neither an option nor KEY=VALUE`);
  } catch (error) {
    // Node goes on to explain "--": nobody who mistyped an option wants to know.
    return fail(
      `${error.message.split(/\. |\n/)[0].replace(/\.$/, "")}. Try \`npm run ${name} -- --help\`.`,
      2,
    );
  }
}

/** An argument as it may be seen by everybody who looks at the screen. */
function shown(argument) {
  const [secret] = /^(setup)?password=/i.exec(argument) ?? [];
  if (secret !== undefined) return `${secret}…`;
  return /[^\w=./:-]/.test(argument) ? JSON.stringify(argument) : argument;
}

function run(program, args, folder) {
  const child = spawn(program, args, { cwd: folder, stdio: "inherit" });
  // A Ctrl-C goes to mcconfig too, which ends by itself.
  process.on("SIGINT", () => undefined);
  child.on("error", (error) => fail(`${program} can't be run: ${error.message}.`, 1));
  child.on("close", (status) => (process.exitCode = status ?? 1));
}

function fail(message, status) {
  process.stderr.write(`wirelet: ${message}\n`);
  process.exit(status);
}
