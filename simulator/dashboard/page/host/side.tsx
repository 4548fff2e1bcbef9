import type { Ui } from "../ui.js";
import { CablePanel } from "./cable-panel.js";
import { HostPanel } from "./host-panel.js";

/** What there is to know of what was chosen in the picture. */
export function Side({ ui }: { readonly ui: Ui }) {
  const { model, view } = ui;
  const { selection } = view;
  const host = selection?.kind === "host" ? model.hosts.get(selection.name) : undefined;
  const cable = selection?.kind === "cable" ? model.cables.get(selection.name) : undefined;
  if (host !== undefined) return <HostPanel key={host.name} ui={ui} host={host} />;
  if (cable !== undefined) return <CablePanel key={cable.name} ui={ui} cable={cable} />;
  return (
    <p class="empty">
      Choose a host to see its addresses, tables and sockets, or a link to see and change how it carries
      packets.
    </p>
  );
}
