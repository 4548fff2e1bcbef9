export { dissect } from "./dissect.js";
export type { Dissection, Field, FieldValue, FrameInfo } from "./field.js";
export { ALIASES, FIELDS, findFields, isFieldName } from "./fields.js";
export type { FieldKind, FieldType, FieldTypes } from "./field-type.js";
