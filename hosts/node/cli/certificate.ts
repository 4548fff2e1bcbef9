import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { attemptFile, replaceFile } from "../files.js";
import { DEFAULT_CERTIFICATE_DAYS, localNames, makeCertificate } from "../tls/index.js";
import { UsageError, listOption, numberOption, parseOptions, textOption } from "./options.js";

/** More, and Apple's systems refuse it whoever has signed it. */
const MAX_DAYS = 825;

const DEFAULT_FOLDER = "certificate";

/** The files, and who may read them besides their owner: nobody the key. */
const FILES = Object.freeze([
  { name: "key.pem", part: "key", mode: 0o600 },
  { name: "cert.pem", part: "cert", mode: 0o644 },
  { name: "ca.pem", part: "ca", mode: 0o644 },
] as const);

export const CERTIFICATE_HELP = `Makes a certificate for trying HTTPS out: for this computer, or for the names that you say.

Usage: npm run wirelet -- certificate [OPTION…]

  --name NAME  a DNS name or IP address that it is for; may be given several times
               (default: localhost and this computer's names and addresses)
  --out DIR    the folder for the files (default ${DEFAULT_FOLDER})
  --days N     how long it is valid, 1 to ${MAX_DAYS} (default ${DEFAULT_CERTIFICATE_DAYS})
  --force      replaces files that are there
  --help       print this

  key.pem      the server's private key: nobody else may have it
  cert.pem     the server's certificate, and its authority's
  ca.pem       the authority's certificate: what clients are to trust

  npm run wirelet -- serve --key ${DEFAULT_FOLDER}/key.pem --cert ${DEFAULT_FOLDER}/cert.pem
  curl --cacert ${DEFAULT_FOLDER}/ca.pem https://localhost:8443/

Browsers trust it when ca.pem is among their authorities: Chromium's are under
chrome://certificate-manager, Firefox's under Settings, "Certificates". The authority was made for this
certificate only and its key was thrown away, so that nothing else can ever be signed with it; for the
same reason the next certificate has an authority of its own.
`;

/** `wirelet certificate` */
export async function certificate(args: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const values = parseOptions(args, {
    name: { type: "string", multiple: true },
    out: text,
    days: text,
    force: { type: "boolean" },
  });
  const asked = listOption("name", values.name);
  const names = asked.length > 0 ? asked : localNames();
  const folder = textOption("out", values.out) ?? DEFAULT_FOLDER;
  const days = numberOption("days", values.days, { minimum: 1, maximum: MAX_DAYS, integer: true });
  const files = FILES.map((file) => ({ ...file, path: join(folder, file.name) }));
  const taken = files.find(({ path }) => existsSync(path));
  if (taken !== undefined && values.force !== true)
    throw new UsageError(`${taken.path} is there already; --force replaces it.`);
  const made = await makeCertificate({ names, ...(days !== undefined && { days }) });
  attemptFile("make folder", folder, () => mkdirSync(folder, { recursive: true }));
  for (const { path, part, mode } of files)
    attemptFile("write", path, () => replaceFile(path, Buffer.from(made[part]), mode));
  process.stdout.write(`For ${names.join(", ")}:\n${files.map(({ path }) => `  ${path}\n`).join("")}`);
  return 0;
}
