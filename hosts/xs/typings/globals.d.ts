/** What XS has besides the language, as far as the firmware uses it. */

/** Prints to the debugger, the serial line or the simulator's standard output. */
declare function trace(text: string): void;

/** The board's screen, where the SDK has set one up before main runs; elsewhere it is not declared at all. */
declare const screen: object;

interface ArrayBufferConstructor {
  /** The UTF-8 of a text. */
  fromString(text: string): ArrayBuffer;
}

interface StringConstructor {
  /** Text from its UTF-8. @throws TypeError if it is not */
  fromArrayBuffer(buffer: ArrayBufferLike): string;
}

/** A class whose instances hold data of C's; `destructor` is the C function that frees it. */
declare function Native(destructor: string): new (...args: never[]) => object;

/** A function in C. */
declare function native(name: string): (this: object, ...args: unknown[]) => unknown;
