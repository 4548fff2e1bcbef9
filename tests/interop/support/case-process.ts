import { NetworkNamespace, type ScriptProcess } from "../../support/namespace.js";

const SCRIPT = "tests/interop/support/cases.ts";

/** The process of cases.ts, in a network namespace of its own. */
export class CaseProcess {
  readonly #namespace = new NetworkNamespace();
  readonly #script: ScriptProcess = this.#namespace.startScript(SCRIPT);

  /** Plays one case. @returns its result. @throws with what is on its standard error, if it fails */
  play<T = Record<string, unknown>>(name: string, options: object = {}): Promise<T> {
    this.#script.child.stdin!.write(`${JSON.stringify([name, options])}\n`);
    return this.#script.next<T>();
  }

  /** Sets a value of the namespace's kernel: "net.ipv4.tcp_ecn=1". */
  sysctl(setting: string): void {
    this.#namespace.run("sysctl", "-q", "-w", setting);
  }

  stop(): Promise<void> {
    return this.#namespace.remove();
  }
}
