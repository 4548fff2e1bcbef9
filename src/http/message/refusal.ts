/** Why a request is not served: the status of the answer, and a few words for the person who reads it. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly detail: string,
    /** Value of the Allow field, where the answer must have one. */
    readonly allow?: string,
  ) {}
}

/** A request that breaks the rules of RFC 9112. */
export function badRequest(detail: string): Refusal {
  return new Refusal(400, detail);
}
