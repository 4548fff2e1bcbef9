/** What a field's value is, and so how a filter compares it. */
export type FieldKind =
  "protocol" | "number" | "flag" | "text" | "mac" | "ipv4" | "ipv6" | "bytes" | "seconds";

/** What is the same for all fields of one name. */
export interface FieldType {
  readonly kind: FieldKind;
  readonly label: string;
  /** Of a number that people read in hexadecimal. */
  readonly hexDigits?: number;
  /** Behind a number: "bytes". */
  readonly unit?: string;
  /** What numbers mean. */
  readonly meanings?: Readonly<Record<number, string>>;
}

/** The fields of a protocol, by name. */
export type FieldTypes = Readonly<Record<string, FieldType>>;

type Meanings = Readonly<Record<number, string>>;

export function protocol(label: string): FieldType {
  return Object.freeze<FieldType>({ kind: "protocol", label });
}

/** @param detail its unit, or what its values mean */
export function number(label: string, detail?: string | Meanings): FieldType {
  if (detail === undefined) return Object.freeze<FieldType>({ kind: "number", label });
  return typeof detail === "string"
    ? Object.freeze<FieldType>({ kind: "number", label, unit: detail })
    : Object.freeze<FieldType>({ kind: "number", label, meanings: Object.freeze(detail) });
}

export function hex(label: string, hexDigits: number, meanings?: Meanings): FieldType {
  return Object.freeze<FieldType>({
    kind: "number",
    label,
    hexDigits,
    ...(meanings !== undefined && { meanings: Object.freeze(meanings) }),
  });
}

/** A field of any other kind. */
export function field(kind: Exclude<FieldKind, "number" | "protocol">, label: string): FieldType {
  return Object.freeze<FieldType>({ kind, label });
}
