import type { FramesPort } from "../../hosts/xs/frames/index.js";

declare global {
  /** What `xsnap-worker` calls with each command. When promise jobs have run, it takes the answer from `result`. */
  var handleCommand: (request: ArrayBuffer) => { readonly result: ArrayBuffer };
}

/** Makes `port` the one that answers this machine's commands. */
export function serve(port: FramesPort): void {
  globalThis.handleCommand = (request) => {
    port.receive(request);
    return {
      get result() {
        return port.reply();
      },
    };
  };
}
