import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import UPlot from "uplot";
import type { Flow } from "../model/flows.js";
import type { Ui } from "../ui.js";
import { seriesOf, type TcpSeries } from "./series.js";

/** Ms between two looks at a connection that goes on. */
const INTERVAL = 300;
const HEIGHT = 220;

interface Curve {
  readonly column: keyof TcpSeries;
  readonly label: string;
  /** A colour of the theme. */
  readonly color: string;
  readonly style: "points" | "line" | "steps";
}

interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly Curve[];
}

const PLOTS: readonly Plot[] = [
  {
    title: "Bytes over time",
    unit: "bytes",
    curves: [
      { column: "sent", label: "sent", color: "--tcp", style: "points" },
      { column: "again", label: "sent again", color: "--bad", style: "points" },
      { column: "acknowledged", label: "acknowledged", color: "--good", style: "steps" },
      { column: "allowed", label: "allowed by the receiver", color: "--dim", style: "steps" },
    ],
  },
  {
    title: "In flight, and what limits it",
    unit: "bytes",
    curves: [
      { column: "inFlight", label: "in flight", color: "--tcp", style: "steps" },
      { column: "window", label: "receiver's window", color: "--dim", style: "steps" },
    ],
  },
  {
    title: "Congestion window",
    unit: "bytes",
    curves: [
      { column: "congestionWindow", label: "congestion window", color: "--udp", style: "steps" },
      { column: "threshold", label: "slow start threshold", color: "--dhcp", style: "steps" },
    ],
  },
  {
    title: "Round-trip time",
    unit: "ms",
    curves: [
      { column: "answered", label: "until answered", color: "--tcp", style: "points" },
      { column: "smoothedRtt", label: "smoothed round-trip time", color: "--good", style: "line" },
      { column: "rto", label: "retransmission time-out", color: "--dhcp", style: "line" },
    ],
  },
];

/** One direction of a TCP connection as plots. */
export function Plots({ ui, flow }: { readonly ui: Ui; readonly flow: Flow }) {
  const { model } = ui;
  const [sender, setSender] = useState(() => busierSide(ui, flow));
  const [tick, setTick] = useState(0);
  useEffect(() => setSender(busierSide(ui, flow)), [flow]);
  useEffect(() => {
    const timer = setInterval(() => setTick((count) => count + 1), INTERVAL);
    return () => clearInterval(timer);
  }, []);
  const theme = document.documentElement.dataset.theme;
  const series = useMemo(() => seriesOf(flow, model.log.packets, sender), [flow, sender, tick]);
  return (
    <>
      <p class="tabs">
        <label>
          Data of{" "}
          <select value={sender} onChange={({ currentTarget }) => setSender(currentTarget.value)}>
            {[flow.from, flow.to].map((end) => (
              <option key={end} value={end}>
                {model.nameOf(end)} ({end})
              </option>
            ))}
          </select>
        </label>
      </p>
      <div class="plots">
        {series.time.length === 0 ? (
          <p class="empty">There is nothing to plot yet.</p>
        ) : (
          PLOTS.map((plot) => <Chart key={`${plot.title} ${theme}`} plot={plot} series={series} />)
        )}
      </div>
    </>
  );
}

/** The side that has sent more data. */
function busierSide({ model }: Ui, flow: Flow): string {
  const sent = (end: string): number =>
    Math.max(0, ...seriesOf(flow, model.log.packets, end).sent.map((value) => value ?? 0));
  return sent(flow.to) > sent(flow.from) ? flow.to : flow.from;
}

function Chart({ plot, series }: { readonly plot: Plot; readonly series: TcpSeries }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const data = [series.time, ...plot.curves.map(({ column }) => series[column])] as UPlot.AlignedData;
  useEffect(() => {
    const made = new UPlot(optionsOf(plot, place.current!.clientWidth), data, place.current!);
    chart.current = made;
    const resize = new ResizeObserver(() =>
      made.setSize({ width: place.current?.clientWidth ?? made.width, height: HEIGHT }),
    );
    resize.observe(place.current!);
    return () => {
      resize.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(data), [series]);
  return (
    <section>
      <h2>
        {plot.title} <span class="dim">({plot.unit})</span>
      </h2>
      <div ref={place} />
    </section>
  );
}

function optionsOf({ curves }: Plot, width: number): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name);
  const axis: UPlot.Axis = {
    stroke: color("--dim"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { stroke: color("--line"), width: 1 },
  };
  return {
    width,
    height: HEIGHT,
    scales: { x: { time: false } },
    axes: [
      { ...axis, values: (_, values) => values.map((value) => `${value} s`) },
      { ...axis, size: 64, values: (_, values) => values.map(shortNumber) },
    ],
    series: [
      { label: "time", value: (_, value: number | null) => (value === null ? "" : `${value.toFixed(3)} s`) },
      ...curves.map(({ label, color: name, style: drawn }): UPlot.Series => ({
        label,
        stroke: color(name),
        width: 1.5,
        spanGaps: true,
        value: (_, value: number | null) => (value === null ? "" : shortNumber(value)),
        points: { show: drawn === "points", size: 4, stroke: color(name), fill: color(name) },
        ...(drawn === "points" && { paths: () => null }),
        ...(drawn === "steps" && { paths: UPlot.paths.stepped!({ align: 1 }) }),
      })),
    ],
  };
}

function shortNumber(value: number): string {
  return value >= 10_000 ? `${+(value / 1000).toFixed(1)}k` : String(+value.toFixed(1));
}
