import { useMemo, useState } from "preact/hooks";
import type { Field } from "../../../dissect/index.js";
import type { Packet } from "../model/packet.js";
import type { Ui } from "../ui.js";
import { openFlow } from "./packets.js";

const BYTES_PER_LINE = 16;

/** A packet as a tree of what its bytes say, beside the bytes: what one points at is lit in both. */
export function Detail({ packet, ui }: { readonly packet: Packet; readonly ui: Ui }) {
  const { layers, faults } = useMemo(() => packet.dissect(), [packet, packet.fates]);
  const [lit, setLit] = useState<Field>();
  const { flow } = packet;
  return (
    <>
      <div class="title">
        <strong>
          Packet {packet.number}, from {packet.sender}
        </strong>{" "}
        {flow !== undefined && (
          <button type="button" onClick={() => openFlow(ui, packet)}>
            Show the conversation
          </button>
        )}
      </div>
      {packet.fate !== "" && <p class="bad">{packet.fate}</p>}
      {faults.map((fault) => (
        <p class="bad">{fault}</p>
      ))}
      <ul class="tree" onMouseLeave={() => setLit(undefined)}>
        {layers.map((layer, index) => (
          <Branch field={layer} lit={lit} onLight={setLit} isOpen={index === layers.length - 1} />
        ))}
      </ul>
      <Bytes bytes={packet.bytes} layers={layers} lit={lit} onLight={setLit} />
    </>
  );
}

interface BranchProps {
  readonly field: Field;
  readonly lit: Field | undefined;
  readonly onLight: (field: Field) => void;
  readonly isOpen: boolean;
}

function Branch({ field, lit, onLight, isOpen }: BranchProps) {
  const { label, text, fields } = field;
  const content = (
    <>
      {label}
      {text !== "" && (
        <>
          : <span class={fields.length === 0 ? "code" : "dim"}>{text}</span>
        </>
      )}
    </>
  );
  const common = {
    class: field === lit ? "lit" : "",
    onMouseEnter: () => onLight(field),
    onFocus: () => onLight(field),
  };
  if (fields.length === 0)
    return (
      <li>
        <span {...common} tabindex={0}>
          {content}
        </span>
      </li>
    );
  return (
    <li>
      <details open={isOpen || (lit !== undefined && contains(field, lit))}>
        <summary {...common}>{content}</summary>
        <ul>
          {fields.map((inner) => (
            <Branch field={inner} lit={lit} onLight={onLight} isOpen={false} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function contains(outer: Field, inner: Field): boolean {
  return outer.fields.some((field) => field === inner || contains(field, inner));
}

interface BytesProps {
  readonly bytes: Uint8Array;
  readonly layers: readonly Field[];
  readonly lit: Field | undefined;
  readonly onLight: (field: Field) => void;
}

function Bytes({ bytes, layers, lit, onLight }: BytesProps) {
  const onMouseOver = ({ target }: MouseEvent): void => {
    const at = (target as HTMLElement).dataset.at;
    const field = at === undefined ? undefined : fieldAt(layers, Number(at));
    if (field !== undefined) onLight(field);
  };
  const lines = Array.from(
    { length: Math.ceil(bytes.length / BYTES_PER_LINE) },
    (_, index) => index * BYTES_PER_LINE,
  );
  const isLit = (at: number): boolean => lit !== undefined && at >= lit.at && at < lit.at + lit.length;
  return (
    <div class="bytes" role="img" aria-label={`${bytes.length} bytes`} onMouseOver={onMouseOver}>
      {lines.map((line) => {
        const part = [...bytes.subarray(line, line + BYTES_PER_LINE)];
        const blank = "   ".repeat(BYTES_PER_LINE - part.length);
        return (
          <div>
            <span class="dim">{line.toString(16).padStart(4, "0")} </span>
            {part.map((byte, index) => (
              <span data-at={line + index} class={isLit(line + index) ? "lit" : ""}>
                {" "}
                {byte.toString(16).padStart(2, "0")}
              </span>
            ))}
            {blank}
            {"  "}
            {part.map((byte, index) => (
              <span data-at={line + index} class={isLit(line + index) ? "lit" : ""}>
                {byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·"}
              </span>
            ))}
          </div>
        );
      })}
    </div>
  );
}

/** The smallest field that says something about a byte. */
export function fieldAt(fields: readonly Field[], at: number): Field | undefined {
  let found: Field | undefined;
  for (const field of fields) {
    // The first layer is the frame as a whole.
    if (field.name === "frame") continue;
    const candidate =
      fieldAt(field.fields, at) ?? (at >= field.at && at < field.at + field.length ? field : undefined);
    if (candidate !== undefined && (found === undefined || candidate.length <= found.length))
      found = candidate;
  }
  return found;
}
