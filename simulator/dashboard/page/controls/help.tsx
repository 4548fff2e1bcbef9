import { useEffect, useRef } from "preact/hooks";
import type { Ui } from "../ui.js";

const KEYS: readonly (readonly [string, string])[] = [
  ["Space", "pause, or go on"],
  [".", "run one event"],
  ["/", "filter"],
  ["1 2 3", "packets, conversations, story"],
  ["Tab, Enter", "go to a host or a link, and choose it"],
  ["↑ ↓ Enter", "in the list: choose a packet, and see its conversation"],
  ["Esc", "put a fault back"],
];

/** What the keys do. */
export function Help({ ui }: { readonly ui: Ui }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { helps } = ui.view;
  useEffect(() => {
    if (helps) dialog.current!.showModal();
    else dialog.current!.close();
  }, [helps]);
  return (
    <dialog ref={dialog} onClose={() => ui.show({ helps: false })}>
      <h2>Keys</h2>
      <table>
        <tbody>
          {KEYS.map(([keys, what]) => (
            <tr key={keys}>
              <td>
                <kbd>{keys}</kbd>
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        A packet that is lost is struck through in the list; the conversation shows where, and by which rule.
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

/** Does what a key stands for, unless it is typed into a field. */
export function onKey(ui: Ui, event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return ui.show({ tool: undefined, notice: undefined });
  if (target.closest("input, select, textarea, dialog") !== null) return;
  const isButton = target.closest("button, summary, a, [role=button]") !== null;
  switch (event.key) {
    case " ":
      if (isButton) return;
      ui.ask({ ask: ui.model.clock?.isPaused === true ? "resume" : "pause" });
      break;
    case ".":
      ui.ask({ ask: "step" });
      break;
    case "/":
      document.querySelector<HTMLInputElement>(".filter")?.focus();
      break;
    case "?":
      ui.show({ helps: true });
      break;
    case "1":
    case "2":
    case "3":
      ui.show({ tab: (["packets", "conversations", "story"] as const)[Number(event.key) - 1]! });
      break;
    default:
      return;
  }
  event.preventDefault();
}
