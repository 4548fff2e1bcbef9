import { Pattern } from "../../host/index.js";
import { NOT_PATH, percentEncode } from "../content/percent-encoding.js";

const SINGLE_DOT = new Pattern(() => /^(\.|%2e)$/i);
const DOUBLE_DOT = new Pattern(() => /^(\.|%2e)(\.|%2e)$/i);

/**
 * Makes an absolute path of `text`, resolved against the directory of `base` unless it begins with a slash, without "." and
 * ".." (RFC 3986 §5.2.4). A backslash is a slash, as browsers have it.
 */
export function resolvePath(text: string, base: string): string {
  const written = text.replaceAll("\\", "/");
  const isAbsolute = written.startsWith("/");
  // Those of the base are without dots already; its last one is no directory.
  const segments = isAbsolute ? [] : base.split("/").slice(1, -1);
  const added = (isAbsolute ? written.slice(1) : written).split("/");
  added.forEach((segment, index) => {
    const isLast = index === added.length - 1;
    if (DOUBLE_DOT.regexp.test(segment)) {
      segments.pop();
      if (isLast) segments.push("");
    } else if (!SINGLE_DOT.regexp.test(segment)) segments.push(percentEncode(segment, NOT_PATH.regexp));
    else if (isLast) segments.push("");
  });
  return `/${segments.join("/")}`;
}
