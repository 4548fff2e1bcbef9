import { encodeUtf8 } from "../../host/index.js";
import { BodyCollector } from "../message/body-collector.js";
import { badRequest, Refusal } from "../message/refusal.js";
import { FORM_LIMITS, type FormLimits } from "./form-limits.js";
import { parsePartHead, type PartHead } from "./part-head.js";

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const DASH = 0x2d;

/** Ends a part's head. The line end behind the delimiter is its first half: a head may be empty. */
const HEAD_END: readonly number[] = Object.freeze([CR, LF, CR, LF]);
const LINE_END_BYTES = 2;

/** What is in a multipart body, in its order. */
export interface MultipartEvents {
  /** A part begins. */
  onPart(head: PartHead): void;
  /** A piece of that part's content. @param bytes borrowed: they may change when it returns */
  onData(bytes: Uint8Array): void;
  /** All of that part has come. */
  onPartEnd(): void;
  /** All parts have come. */
  onEnd(): void;
  /** It is malformed, or too large. Nothing follows. */
  onRefusal(refusal: Refusal): void;
}

/**
 * "preamble": before the first delimiter. "data": in a part. "delimiter": right behind one. "padding": behind blanks that follow
 * one. "dash" and "line-feed": behind the first byte of what ends it. "head": in a part's head.
 */
type State = "preamble" | "data" | "delimiter" | "padding" | "dash" | "line-feed" | "head" | "done";

/**
 * Takes multipart/form-data apart as it arrives, cut wherever it is (RFC 7578, RFC 2046 §5.1.1). It holds a part's head and
 * as much of a delimiter as may be one, never a part's content. A line that begins with the delimiter and goes on
 * otherwise is refused: readers differ in what it is.
 */
export class MultipartParser {
  readonly #events: MultipartEvents;
  readonly #limits: FormLimits;
  /** With the line end before it, which is part of it. */
  readonly #delimiter: Uint8Array;
  readonly #head = new BodyCollector();
  #state: State = "preamble";
  /** Bytes of the delimiter, or of the head's end, that the last ones were. A body may begin with its delimiter. */
  #matched = LINE_END_BYTES;
  /** Those of them that are not content if the delimiter breaks off: the line end of the head. */
  #borrowed = LINE_END_BYTES;
  #parts = 0;

  /** @param boundary of the Content-Type: see `boundaryOf` */
  constructor(boundary: string, events: MultipartEvents, limits: FormLimits = FORM_LIMITS) {
    this.#delimiter = encodeUtf8(`\r\n--${boundary}`);
    this.#events = events;
    this.#limits = limits;
  }

  /** Takes bytes[start..end); they are borrowed until it returns. */
  push(bytes: Uint8Array, start = 0, end = bytes.length): void {
    let at = start;
    while (at < end && this.#state !== "done") {
      if (this.#state === "preamble" || this.#state === "data") at = this.scan(bytes, at, end);
      else if (this.#state === "head") at = this.collectHead(bytes, at, end);
      else this.stepDelimiter(bytes[at++]!);
    }
  }

  /** The body has ended. */
  end(): void {
    if (this.#state !== "done") this.refuse(badRequest("a form that is cut short"));
  }

  /**
   * Takes content up to the next delimiter. The delimiter has one CR, at its beginning: where it breaks off, the next
   * one can begin only behind that.
   */
  private scan(bytes: Uint8Array, start: number, end: number): number {
    const delimiter = this.#delimiter;
    /** Bytes of the delimiter that came with pieces before this one. */
    let held = this.#matched;
    let matched = held;
    let at = start;
    for (;;) {
      while (at < end && matched < delimiter.length && bytes[at] === delimiter[matched]) {
        at++;
        matched++;
      }
      if (matched === delimiter.length || at === end) break;
      this.emit(delimiter, this.#borrowed, held);
      this.#borrowed = 0;
      held = 0;
      matched = 0;
      const next = bytes.indexOf(CR, at);
      at = next < 0 || next > end ? end : next;
    }
    this.emit(bytes, start, at - (matched - held));
    this.#matched = matched;
    if (matched === delimiter.length) {
      if (this.#state === "data") this.#events.onPartEnd();
      this.#state = "delimiter";
    }
    return at;
  }

  private emit(bytes: Uint8Array, start: number, end: number): void {
    if (this.#state === "data" && start < end) this.#events.onData(bytes.subarray(start, end));
  }

  private stepDelimiter(byte: number): void {
    const isFirst = this.#state === "delimiter";
    if (this.#state === "dash" && byte === DASH) this.finish();
    else if (this.#state === "line-feed" && byte === LF) this.startHead();
    else if (isFirst && byte === DASH) this.#state = "dash";
    else if ((isFirst || this.#state === "padding") && byte === CR) this.#state = "line-feed";
    else if ((isFirst || this.#state === "padding") && (byte === SPACE || byte === TAB))
      this.#state = "padding";
    else this.refuse(badRequest("a malformed delimiter in a form"));
  }

  private startHead(): void {
    const { parts } = this.#limits;
    if (++this.#parts > parts) {
      this.refuse(new Refusal(413, `a form of more than ${parts} parts`));
      return;
    }
    this.#state = "head";
    this.#matched = LINE_END_BYTES;
  }

  private collectHead(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#matched < HEAD_END.length) {
      // Two CRs cannot be the beginning of the end: a head with one that stands alone is refused.
      this.#matched = bytes[at++] === HEAD_END[this.#matched] ? this.#matched + 1 : 0;
    }
    const { partHead } = this.#limits;
    if (this.#head.length + at - start > partHead) {
      this.refuse(new Refusal(413, `a part of a form with a head of more than ${partHead} bytes`));
      return at;
    }
    this.#head.append(bytes, start, at);
    if (this.#matched === HEAD_END.length) this.takeHead();
    return at;
  }

  private takeHead(): void {
    const head = parsePartHead(this.#head.take());
    if (head instanceof Refusal) {
      this.refuse(head);
      return;
    }
    this.#state = "data";
    // RFC 2046 §5.1.1: a part without content may have no line end but that of its head before the delimiter.
    this.#matched = LINE_END_BYTES;
    this.#borrowed = LINE_END_BYTES;
    this.#events.onPart(head);
  }

  private finish(): void {
    this.#state = "done";
    this.#events.onEnd();
  }

  private refuse(refusal: Refusal): void {
    this.#state = "done";
    this.#events.onRefusal(refusal);
  }
}
