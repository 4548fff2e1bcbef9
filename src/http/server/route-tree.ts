import {
  convertSegment,
  joinSegments,
  SPECIFICITY,
  type PatternSegment,
  type SegmentKind,
} from "./path-pattern.js";
import type { ParamValue } from "./path-params.js";
import type { Route } from "./route.js";

/**
 * The paths with parameters as a tree, one segment a level. The children of a node are a list, the most specific first:
 * a device's few need no map, whose memory is that of several nodes.
 */
export class RouteTree {
  readonly #kind: SegmentKind;
  /** Of a static segment; a parameter's name is its route's affair. */
  readonly #text: string;
  #child: RouteTree | undefined;
  #sibling: RouteTree | undefined;
  /** The first route whose path ends here. */
  #route: Route | undefined;

  private constructor(kind: SegmentKind, text: string) {
    this.#kind = kind;
    this.#text = text;
  }

  /** A tree without paths. */
  static root(): RouteTree {
    return new RouteTree("static", "");
  }

  /** @returns the first route of this path, which is `route` itself if there was none */
  add(segments: readonly PatternSegment[], route: Route, at = 0): Route {
    const segment = segments[at];
    if (segment === undefined) return (this.#route ??= route);
    return this.grow(segment).add(segments, route, at + 1);
  }

  /**
   * The first route of the most specific path. Each node is entered once at most, so that no path takes longer than the
   * routes are many.
   *
   * @param path decoded
   * @param values gets the parameters
   */
  find(path: readonly string[], values: ParamValue[], at = 0): Route | undefined {
    const text = path[at];
    if (text === undefined) return this.#route;
    for (let child = this.#child; child !== undefined; child = child.#sibling) {
      const kind = child.#kind;
      if (kind === "static") {
        const found = child.#text === text ? child.find(path, values, at + 1) : undefined;
        if (found !== undefined) return found;
        continue;
      }
      const value = kind === "path" ? joinSegments(path, at) : convertSegment(kind, text);
      if (value === undefined) continue;
      values.push(value);
      const found = kind === "path" ? child.#route : child.find(path, values, at + 1);
      if (found !== undefined) return found;
      values.pop();
    }
    return undefined;
  }

  /** The child for a segment, put where its specificity wants it if it is new. */
  private grow({ kind, text }: PatternSegment): RouteTree {
    const key = kind === "static" ? text : "";
    const rank = SPECIFICITY.indexOf(kind);
    let before: RouteTree | undefined;
    let child = this.#child;
    while (child !== undefined && SPECIFICITY.indexOf(child.#kind) <= rank) {
      if (child.#kind === kind && child.#text === key) return child;
      before = child;
      child = child.#sibling;
    }
    const grown = new RouteTree(kind, key);
    grown.#sibling = child;
    if (before === undefined) this.#child = grown;
    else before.#sibling = grown;
    return grown;
  }
}
