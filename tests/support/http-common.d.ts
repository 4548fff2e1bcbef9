/** What of Node's own binding of llhttp is used here; Node's types leave it out. */
declare module "_http_common" {
  type Callback = (...values: never[]) => unknown;

  /** Names of the methods that it knows, by the numbers that it gives them. */
  export const methods: readonly string[];

  export class HTTPParser {
    static readonly REQUEST: number;
    /** Keys of the callbacks: properties of a parser with numbers for names. */
    static readonly kOnHeaders: number;
    static readonly kOnHeadersComplete: number;
    static readonly kOnBody: number;
    static readonly kOnMessageComplete: number;
    [callback: number]: Callback | null;
    initialize(type: number, resource: object): void;
    /** @returns how many bytes it took, or what is wrong */
    execute(bytes: Uint8Array): number | (Error & { readonly code: string });
  }
}
