/** Media types of the IANA registry by the extensions of file names, in lower case. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = Object.freeze({
  css: "text/css",
  csv: "text/csv",
  htm: "text/html",
  html: "text/html",
  ics: "text/calendar",
  // RFC 9239: text/javascript is the one, application/javascript is obsolete.
  js: "text/javascript",
  log: "text/plain",
  md: "text/markdown",
  mjs: "text/javascript",
  txt: "text/plain",
  vcf: "text/vcard",
  vtt: "text/vtt",
  xml: "text/xml",

  atom: "application/atom+xml",
  bin: "application/octet-stream",
  bz2: "application/x-bzip2",
  cbor: "application/cbor",
  dtd: "application/xml-dtd",
  epub: "application/epub+zip",
  gz: "application/gzip",
  json: "application/json",
  jsonld: "application/ld+json",
  map: "application/json",
  pdf: "application/pdf",
  rss: "application/rss+xml",
  rtf: "application/rtf",
  tar: "application/x-tar",
  urlencoded: "application/x-www-form-urlencoded",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
  xhtml: "application/xhtml+xml",
  xsd: "application/xml",
  xsl: "application/xml",
  zip: "application/zip",
  zst: "application/zstd",

  apng: "image/apng",
  avif: "image/avif",
  bmp: "image/bmp",
  gif: "image/gif",
  // The registry has image/vnd.microsoft.icon; browsers and servers say x-icon.
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  tif: "image/tiff",
  tiff: "image/tiff",
  webp: "image/webp",

  aac: "audio/aac",
  flac: "audio/flac",
  m4a: "audio/mp4",
  mid: "audio/midi",
  midi: "audio/midi",
  mp3: "audio/mpeg",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  weba: "audio/webm",

  avi: "video/x-msvideo",
  m4v: "video/mp4",
  mov: "video/quicktime",
  mp4: "video/mp4",
  mpeg: "video/mpeg",
  mpg: "video/mpeg",
  ogv: "video/ogg",
  qt: "video/quicktime",
  webm: "video/webm",

  otf: "font/otf",
  ttc: "font/collection",
  ttf: "font/ttf",
  woff: "font/woff",
  woff2: "font/woff2",
});

/** What nothing is known about (RFC 9110 §8.3). */
const UNKNOWN = "application/octet-stream";

/**
 * The Content-Type for a file, by the extension of its name: "text/html; charset=utf-8" for "/www/Index.HTML". Texts are
 * taken for UTF-8; XML says itself what it is (RFC 7303 §3).
 */
export function contentTypeOf(fileName: string): string {
  const name = fileName.slice(fileName.lastIndexOf("/") + 1);
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  // ".gz" and "gz" are names without an extension.
  if (name.lastIndexOf(".") <= 0 || !Object.hasOwn(CONTENT_TYPES, extension)) return UNKNOWN;
  const type = CONTENT_TYPES[extension]!;
  return type.startsWith("text/") && type !== "text/xml" ? `${type}; charset=utf-8` : type;
}
