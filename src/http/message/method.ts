/** The methods of RFC 9110 §9.3 and RFC 5789; a request with another one is answered 501. */
export type Method = "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH";

const METHODS: readonly string[] = Object.freeze([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
] satisfies Method[]);

/** Methods are case-sensitive: "get" is unknown (RFC 9110 §9.1). */
export function isMethod(token: string): token is Method {
  return METHODS.includes(token);
}
