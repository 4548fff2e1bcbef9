/**
 * A thermometer that publishes what it measures to an MQTT broker, and shows it on a page of its own. How often it measures, it
 * asks a server once, and is told by the broker later; both outlive a power cut.
 *
 * It uses the Moddable SDK alone. Wi-Fi is connected by the SDK's start-up before this runs: `ssid=… password=…`.
 */
import config from "mc/config";
import Preference from "preference";
import Timer from "timer";
import { keepConnected } from "./connection.js";
import { get, serve } from "./http.js";
import { MqttClient } from "./mqtt.js";

const NAME = String(config.name);
const SERVER = String(config.server);

/** Since the power is on. */
let count = 0;
let temperature = 20;
let interval = Number(Preference.get("thermometer", "interval") ?? config.interval);

const mqtt = new MqttClient({ address: SERVER, id: NAME, onConnected, onMessage });
const timer = Timer.repeat(measure, interval);

function onConnected(): void {
  trace(`connected to the broker\n`);
  mqtt.subscribe(`${NAME}/interval`);
}

function onMessage(_topic: string, message: string): void {
  changeInterval(Number(message));
}

function measure(): void {
  count++;
  temperature += Math.random() - 0.5;
  mqtt.publish(`${NAME}/temperature`, temperature.toFixed(1));
}

function changeInterval(milliseconds: number): void {
  if (!(milliseconds >= 100)) return;
  interval = milliseconds;
  Preference.set("thermometer", "interval", interval);
  Timer.schedule(timer, interval, interval);
  trace(`measures every ${interval} ms\n`);
}

keepConnected();
serve(80, () => JSON.stringify({ name: NAME, count, interval }));
if (Preference.get("thermometer", "interval") === undefined) {
  get(SERVER, 8080, "/interval", (body) => changeInterval(Number(body)));
}
