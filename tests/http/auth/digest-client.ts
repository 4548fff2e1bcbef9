import { createHash } from "node:crypto";
import { parseChallenges } from "../../../src/http/index.js";
import { parts } from "../dialogue.js";

/** What a client says; what it takes from the challenge can be overridden. */
export interface DigestClient {
  readonly user: string;
  readonly password: string;
  readonly method?: string;
  readonly uri?: string;
  readonly nc?: string;
  readonly realm?: string;
  readonly nonce?: string;
  /** More parameters, or others; undefined leaves one out. */
  readonly more?: Readonly<Record<string, string | undefined>>;
}

/** The challenges of an answer, by algorithm. */
export function challengesIn(answer: string): Map<string, ReadonlyMap<string, string>> {
  const lines = parts(answer).fields.filter((field) => field.startsWith("WWW-Authenticate: "));
  const challenges = lines.flatMap((line) => parseChallenges(line.slice(18)));
  return new Map(challenges.map(({ parameters }) => [parameters.get("algorithm") ?? "", parameters]));
}

/** The line with which an independent client answers a challenge (RFC 7616 §3.4), by Node's hashes. */
export function answerTo(challenge: ReadonlyMap<string, string>, client: DigestClient): string {
  const algorithm = challenge.get("algorithm")!;
  const { user, password, method = "GET", uri = "/", nc = "00000001" } = client;
  const { realm = challenge.get("realm")!, nonce = challenge.get("nonce")! } = client;
  const hash = (text: string): string =>
    createHash(algorithm === "MD5" ? "md5" : "sha256")
      .update(text)
      .digest("hex");
  const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  const response = hash(
    `${hash(`${user}:${realm}:${password}`)}:${nonce}:${nc}:${cnonce}:auth:${hash(`${method}:${uri}`)}`,
  );
  const parameters = {
    username: `"${user}"`,
    realm: `"${realm}"`,
    nonce: `"${nonce}"`,
    uri: `"${uri}"`,
    cnonce: `"${cnonce}"`,
    response: `"${response}"`,
    algorithm,
    nc,
    qop: "auth",
    ...client.more,
  };
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return `Authorization: Digest ${pairs.map(([name, value]) => `${name}=${value}`).join(", ")}\r\n`;
}
