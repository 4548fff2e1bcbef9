import { escapeHtml } from "../format.js";
import { bars, type FoundNetwork } from "./found-networks.js";
import { TOKEN_FIELD } from "./own-pages.js";
import { SETUP_STYLE } from "./setup-style.js";

/** What the page to choose a network shows. Names and the reason are anybody's text. */
export interface SetupPage {
  readonly hostName: string;
  /** Why the device is in set-up mode; undefined if it just has no network yet. */
  readonly reason: string | undefined;
  /** What was wrong with the last choice. */
  readonly problem?: string | undefined;
  /** The choice that was wrong, to be changed. */
  readonly chosen?: string | undefined;
  /** Undefined while a search goes on. */
  readonly networks: readonly FoundNetwork[] | undefined;
  readonly token: string;
}

/** The page to choose a network: plain HTML, since the windows that phones show it in run little else. */
export function renderSetupPage(page: SetupPage): string {
  const { hostName, networks, problem, reason } = page;
  const why = reason === undefined || reason === "" ? "" : `<p>${escapeHtml(reason)}</p>\n`;
  const content =
    networks === undefined
      ? "<section>\n<p>Searching for networks&hellip;</p>\n</section>\n"
      : networkForm(page, networks) + searchForm(page.token);
  return frame(
    hostName,
    `<section class="hero">
<p>${escapeHtml(hostName)}</p>
<h1>Choose a Wi-Fi network</h1>
${why}<p>The device restarts, and joins the network that you choose. Its access point is gone then.</p>
</section>
${problem === undefined ? "" : `<section><p class="problem" role="alert">${escapeHtml(problem)}</p></section>\n`}${content}`,
    networks === undefined ? SEARCH_REFRESH : undefined,
  );
}

/** Seconds until a page that shows no result yet is asked for again: a search takes about two. */
const SEARCH_REFRESH = 3;

function networkForm({ chosen, token }: SetupPage, networks: readonly FoundNetwork[]): string {
  const isChosen = ({ problem, ssid }: FoundNetwork): boolean => problem === undefined && ssid === chosen;
  const isListed = networks.some(isChosen);
  const list = networks.map((network) => networkRow(network, isChosen(network))).join("");
  const other = chosen === undefined || isListed ? "" : escapeHtml(chosen);
  const isTyped = other !== "" || !networks.some(({ problem }) => problem === undefined);
  const checked = isTyped ? " checked" : "";
  return `<section>
<h2>Networks</h2>
${networks.length === 0 ? "<p>None was heard. Type a name, or search again.</p>\n" : ""}<form method="post" action="/network">
${hiddenToken(token)}${list}<label><input type="radio" name="ssid" value="" required${checked}>
<input type="text" name="name" value="${other}" aria-label="Name of another or a hidden network" placeholder="Other or hidden network" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
<label><input type="password" name="password" autocomplete="off" aria-label="Password" placeholder="Password"></label>
<button>Connect</button>
</form>
</section>
`;
}

function networkRow({ problem, rssi, secured, ssid }: FoundNetwork, isChosen: boolean): string {
  const name = escapeHtml(ssid);
  const strength = bars(rssi);
  const meter = `<meter min="0" max="4" value="${strength}" title="${rssi} dBm">${strength} of 4</meter>`;
  if (problem !== undefined)
    return `<label class="no"><input type="radio" disabled><bdi>${name}</bdi><small>${problem}</small>${meter}</label>\n`;
  return `<label><input type="radio" name="ssid" value="${name}" required${isChosen ? " checked" : ""}>\
<bdi>${name}</bdi>${secured ? "" : "<small>open</small>"}${meter}</label>
`;
}

function searchForm(token: string): string {
  return `<form method="post" action="/search">${hiddenToken(token)}<button class="plain">Search again</button></form>\n`;
}

/** What is said once a network is chosen. @param network its name */
export function renderChosenPage(hostName: string, network: string): string {
  return frame(
    hostName,
    `<section class="hero">
<p>${escapeHtml(hostName)}</p>
<h1>Joining <bdi>${escapeHtml(network)}</bdi></h1>
<p>The device restarts now.</p>
</section>
<section>
<p>Connect to the same network, and look for the device under its name, ${escapeHtml(hostName)}: your router knows its address.</p>
<p>If it can't join, its access point comes back.</p>
</section>
`,
  );
}

/** The page of a device that is in a network, to get it into another. @param network the name of the one it is in */
export function renderNetworkPage(hostName: string, network: string, token: string): string {
  return frame(
    hostName,
    `<section class="hero">
<p>${escapeHtml(hostName)}</p>
<h1>In the network <bdi>${escapeHtml(network)}</bdi></h1>
</section>
<section>
<p>The device can forget this network. It restarts then, as an access point named ${escapeHtml(hostName)}, where another one can be chosen.</p>
<form method="post" action="/network/forget">${hiddenToken(token)}<button>Forget this network</button></form>
</section>
<p><a href="/">Back to the device</a></p>
`,
  );
}

/** What is said once the network is forgotten. */
export function renderForgottenPage(hostName: string): string {
  return frame(
    hostName,
    `<section class="hero">
<p>${escapeHtml(hostName)}</p>
<h1>The network is forgotten</h1>
<p>The device restarts now. Connect to its access point, ${escapeHtml(hostName)}, to choose another.</p>
</section>
`,
  );
}

function hiddenToken(token: string): string {
  return `<input type="hidden" name="${TOKEN_FIELD}" value="${token}">`;
}

/** @param refresh seconds after which the browser asks again, if it shall */
function frame(hostName: string, content: string, refresh?: number): string {
  const again = refresh === undefined ? "" : `<meta http-equiv="refresh" content="${refresh}">\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
${again}<title>${escapeHtml(hostName)}</title>
<style>${SETUP_STYLE}</style>
</head>
<body>
<main>
${content}</main>
</body>
</html>
`;
}
