/**
 * A module's regular expression, compiled where it is first used. On a device modules are preloaded into flash, and the XS of
 * Moddable's SDK 8.2.3 writes outside of its memory when a collection comes while it runs a RegExp that lies there, and leaks
 * memory with each run: see docs/decisions/patterns.md. A pattern keeps its RegExp in RAM; so it is the one thing of a module
 * that is not frozen.
 *
 * @example
 * const NOT_DIGIT = new Pattern(() => /[^0-9]/);
 * if (NOT_DIGIT.regexp.test(text)) …
 */
export class Pattern {
  private readonly make: () => RegExp;
  private kept: RegExp | undefined;

  /** @param make gives a RegExp literal: each call compiles a new one */
  constructor(make: () => RegExp) {
    this.make = make;
    this.kept = undefined;
  }

  get regexp(): RegExp {
    return (this.kept ??= this.make());
  }
}
