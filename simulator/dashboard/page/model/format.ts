/** "12.345 s", "2:03:04.5": virtual time, as short as it can be read. @param time ms */
export function showTime(time: number, digits = 3): string {
  const seconds = time / 1000;
  if (seconds < 3600) return `${seconds.toFixed(digits)} s`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours}:${String(minutes).padStart(2, "0")}:${(seconds % 60).toFixed(0).padStart(2, "0")} h`;
}

/** "850 ms", "1.2 s", "3 min". @param span ms */
export function showSpan(span: number): string {
  if (span < 1000) return `${Math.round(span)} ms`;
  if (span < 120_000) return `${(span / 1000).toFixed(1)} s`;
  if (span < 7_200_000) return `${Math.round(span / 60_000)} min`;
  return `${(span / 3_600_000).toFixed(1)} h`;
}

/** "512 B", "1.5 kB", "3.2 MB". */
export function showBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "1 h 5 min", "59 s". @param seconds null: for ever */
export function showSeconds(seconds: number | null): string {
  if (seconds === null) return "for ever";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}
