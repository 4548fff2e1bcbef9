/** What a form may make grow beside its body. A host takes more by `{ ...FORM_LIMITS, parts: 1000 }`. */
export interface FormLimits {
  readonly fields: number;
  readonly parts: number;
  readonly partHead: number;
}

/** Names and values of an urlencoded form or a query: more would take more memory than their bytes do. */
export const MAX_FORM_FIELDS = 128;

/** Parts of a form. Each may cost its reader an object, however small it is. */
export const MAX_PARTS = 64;

/** Bytes of a part's head: a browser's are 200, with a file name of 255 bytes in it 500. */
export const MAX_PART_HEAD = 1024;

export const FORM_LIMITS: FormLimits = Object.freeze({
  fields: MAX_FORM_FIELDS,
  parts: MAX_PARTS,
  partHead: MAX_PART_HEAD,
});
