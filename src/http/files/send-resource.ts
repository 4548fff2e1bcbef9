import { encodeUtf8 } from "../../host/index.js";
import { negotiateEncoding } from "../content/negotiation.js";
import { HttpError } from "../server/http-error.js";
import type { HttpRequest } from "../server/request.js";
import type { HttpResponse } from "../server/response.js";
import { meetsPreconditions } from "./conditional-response.js";
import { fnv1a } from "./etag-of.js";
import { contentRange, MultipartRanges } from "./multipart-ranges.js";
import { isRangeWanted } from "./preconditions.js";
import { selectRanges, type ByteRange } from "./range.js";
import { ResourceBody } from "./resource-body.js";
import type { Resource } from "./resource.js";

/**
 * Answers GET and HEAD with a resource: compressed if the client accepts that and it is there so, only if the
 * request's conditions hold, and only the ranges that it asks for (RFC 9110 §13, §14).
 *
 * @throws HttpError 412 if a condition does not hold, 416 if no range lies within the resource: to be let through, as their
 * answers must not have the fields of this one
 */
export function sendResource(request: HttpRequest, response: HttpResponse, resource: Resource): void {
  const { gzip } = resource;
  const isCompressed = gzip !== undefined && prefersGzip(request);
  const chosen = isCompressed ? gzip : resource;
  if (gzip !== undefined) response.header("Vary", "Accept-Encoding");
  if (!meetsPreconditions(request, response, chosen)) return;

  const ranges = wantedRanges(request, chosen, isCompressed);
  if (ranges?.length === 0) {
    const { length } = chosen;
    throw new HttpError(416, `there are ${length} bytes`, {
      "Content-Range": contentRange(undefined, length),
    });
  }
  const body = bodyOf(chosen, ranges);
  if (ranges !== undefined) response.status = 206;
  if (ranges?.length === 1) response.setHeader("Content-Range", contentRange(ranges[0], chosen.length));
  response.setHeader("Accept-Ranges", "bytes").setHeader("Content-Type", body.contentType);
  if (isCompressed) response.setHeader("Content-Encoding", "gzip");
  response.sendFrom(body);
}

function bodyOf(chosen: Resource, ranges: readonly ByteRange[] | undefined): ResourceBody | MultipartRanges {
  if (ranges === undefined) return new ResourceBody(chosen, { start: 0, end: chosen.length });
  if (ranges.length === 1) return new ResourceBody(chosen, ranges[0]!);
  return new MultipartRanges(chosen, ranges, boundaryFor(chosen, ranges));
}

/** Who takes neither is sent the plain one: RFC 9110 §12.5.3 leaves it open, and it may be of more use than a 406. */
function prefersGzip(request: HttpRequest): boolean {
  return negotiateEncoding(request.header("Accept-Encoding"), ["gzip", "identity"]) === "gzip";
}

/** @returns undefined: the whole; an empty list: what was asked for is not there */
function wantedRanges(
  request: HttpRequest,
  chosen: Resource,
  isCompressed: boolean,
): readonly ByteRange[] | undefined {
  // RFC 9110 §14.2: nothing but GET has ranges.
  const field = request.method === "GET" ? request.header("Range") : undefined;
  if (field === undefined || !isRangeWanted(request, chosen)) return undefined;
  const ranges = selectRanges(field, chosen.length);
  // Content-Encoding would say of the parts' delimiters too that they are compressed.
  return isCompressed && ranges !== undefined && ranges.length > 1 ? undefined : ranges;
}

/**
 * What parts are delimited by must not be in them (RFC 2046 §5.1.1). It comes from what is sent, so that it is none that
 * an author happens to write.
 */
function boundaryFor({ etag, lastModified, length }: Resource, ranges: readonly ByteRange[]): string {
  const positions = ranges.map(({ start, end }) => `${start}-${end}`);
  return fnv1a(encodeUtf8([etag, lastModified, length, ...positions].join()));
}
