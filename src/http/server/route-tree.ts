import {
  convertSegment,
  joinSegments,
  SEGMENT_CONVERTERS,
  type PatternSegment,
  type SegmentConverter,
} from "./path-pattern.js";
import type { ParamValue } from "./path-params.js";
import type { Route } from "./route.js";

/** A tree of the paths with parameters, one segment a level. */
export class RouteTree {
  #statics: Map<string, RouteTree> | undefined;
  #converted: Partial<Record<SegmentConverter, RouteTree>> | undefined;
  /** The first route of those that `<path:…>` leads to from here, and of those that end here. */
  #rest: Route | undefined;
  #end: Route | undefined;

  /** @returns the first route of this path, which is `route` itself if there was none */
  add(segments: readonly PatternSegment[], route: Route, at = 0): Route {
    const segment = segments[at];
    if (segment === undefined) return (this.#end ??= route);
    if (segment.kind === "path") return (this.#rest ??= route);
    return this.#grow(segment).add(segments, route, at + 1);
  }

  /**
   * The first route of the most specific path. Each node is entered once at most, so it takes no longer than the
   * routes are many.
   *
   * @param path decoded
   * @param values gets the parameters
   */
  find(path: readonly string[], values: ParamValue[], at = 0): Route | undefined {
    const text = path[at];
    if (text === undefined) return this.#end;
    const found =
      this.#statics?.get(text)?.find(path, values, at + 1) ?? this.#findConverted(path, values, at);
    if (found !== undefined || this.#rest === undefined) return found;
    const rest = joinSegments(path, at);
    if (rest === undefined) return undefined;
    values.push(rest);
    return this.#rest;
  }

  #findConverted(path: readonly string[], values: ParamValue[], at: number): Route | undefined {
    if (this.#converted === undefined) return undefined;
    for (const converter of SEGMENT_CONVERTERS) {
      const child = this.#converted[converter];
      const value = child && convertSegment(converter, path[at]!);
      if (child === undefined || value === undefined) continue;
      values.push(value);
      const found = child.find(path, values, at + 1);
      if (found !== undefined) return found;
      values.pop();
    }
    return undefined;
  }

  #grow({ kind, text }: PatternSegment): RouteTree {
    if (kind === "static") {
      this.#statics ??= new Map();
      const child = this.#statics.get(text) ?? new RouteTree();
      this.#statics.set(text, child);
      return child;
    }
    this.#converted ??= {};
    return (this.#converted[kind as SegmentConverter] ??= new RouteTree());
  }
}
