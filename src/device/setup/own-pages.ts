import type { Random } from "../../host/index.js";
import { HttpError, type HttpResponse, type Middleware } from "../../http/server/index.js";

/** Fields of every page here: nobody keeps it, frames it, or has it load or run anything. */
const PAGE_FIELDS: Readonly<Record<string, string>> = Object.freeze({
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
});

/** The field of a form that shows that the form is this device's own. */
export const TOKEN_FIELD = "token";

/** 128 random bits: what another site's form has to guess. */
export function createToken(random: Random): string {
  let token = "";
  for (let count = 0; count < 4; count++) token += random.uint32().toString(16).padStart(8, "0");
  return token;
}

/** @throws HttpError 403 */
export function checkToken(token: string, claimed: string | undefined): void {
  if (claimed !== token)
    throw new HttpError(403, "this form is not from this start of the device: load the page again");
}

/**
 * Lets only those through who have asked for the device by its address. Others are sent there: the page of another site
 * whose name was made to lead to the device (DNS rebinding) can then read nothing, and what a phone asks to find out
 * whether it has reached the internet ends at the page.
 *
 * @param authority the device's address, and its port if that is not 80; undefined while it has none
 * @param path where they are sent
 */
export function byAddressOnly(authority: () => string | undefined, path: string): Middleware {
  return (request, response, next) => {
    const own = authority();
    if (own === undefined || request.host === own || request.host === `${own}:80`) return next();
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new HttpError(421, `ask http://${own}${path}`);
    response.header("Cache-Control", "no-store").redirect(`http://${own}${path}`);
  };
}

export function sendPage(response: HttpResponse, page: string): void {
  for (const name of Object.keys(PAGE_FIELDS)) response.header(name, PAGE_FIELDS[name]!);
  response.send(page);
}
