/** The modules of the Moddable SDK that the firmware imports, as far as it uses them. mcconfig has its own of these. */

declare module "mc/config" {
  const config: Readonly<{ file: { root: string } } & Record<string, unknown>>;
  export default config;
}

declare module "time" {
  const Time: { readonly ticks: number };
  export default Time;
}

declare module "timer" {
  const Timer: {
    set(callback: (timer: object) => void, delay?: number): object;
    clear(timer: object | undefined): void;
  };
  export default Timer;
}

declare module "instrumentation" {
  const Instrumentation: {
    map(name: string): number | undefined;
    get(figure: number | undefined): number | undefined;
  };
  export default Instrumentation;
}

declare module "crypt" {
  export class Digest {
    constructor(type: "MD5" | "SHA1" | "SHA256");
    write(data: ArrayBuffer): void;
    /** The digest; the object is of no use any more. */
    close(): ArrayBuffer;
  }
}

declare module "preference" {
  const Preference: {
    get(domain: string, key: string): string | boolean | number | ArrayBuffer | undefined;
    set(domain: string, key: string, value: string | boolean | number | ArrayBuffer): void;
    delete(domain: string, key: string): void;
  };
  export default Preference;
}

declare module "Resource" {
  const Resource: {
    /** Throws a URIError if there is none. */
    new (path: string): ArrayBuffer;
    exists(path: string): boolean;
  };
  export default Resource;
}

/** What draws on a screen; the module `pocoqrcode` adds `drawQRCode`. */
declare module "commodetto/Poco" {
  export default class Poco {
    constructor(screen: object, options?: { displayListLength?: number });
    readonly width: number;
    readonly height: number;
    begin(x: number, y: number, width: number, height: number): void;
    end(): void;
    makeColor(red: number, green: number, blue: number): number;
    fillRectangle(color: number, x: number, y: number, width: number, height: number): void;
    getTextWidth(text: string, font: object): number;
    drawText(text: string, font: object, color: number, x: number, y: number): void;
    drawQRCode(code: ArrayBuffer, x: number, y: number, scale: number, color: number): void;
  }
}

declare module "commodetto/parseBMF" {
  export default function parseBMF(font: ArrayBuffer): object;
}

declare module "qrcode" {
  /** A byte a module. It throws if the text does not fit into a code of that version. */
  export default function qrCode(options: {
    input: string;
    maxVersion?: number;
  }): ArrayBuffer & { readonly size: number };
}

declare module "net" {
  const Net: {
    get(what: "IP"): string;
    get(what: "IP" | "MAC", from: "ap" | "station"): string | undefined;
    get(what: "DNS"): string[];
  };
  export default Net;
}

declare module "embedded:io/socket/tcp" {
  const TCP: new (options: object) => object;
  export default TCP;
}

declare module "embedded:io/socket/listener" {
  const Listener: new (options: object) => object;
  export default Listener;
}

declare module "embedded:io/socket/udp" {
  const UDP: new (options: object) => object;
  export default UDP;
}

declare module "embedded:network/interface/wifi" {
  export default class WiFi {
    constructor(options: { onChanged?: () => void });
    readonly connection: number;
    readonly address: string | undefined;
    readonly MAC: string | undefined;
    connect(options: { SSID: string; password?: string }): void;
    disconnect(): void;
    scan(options: {
      onFound: (network: { SSID: string; RSSI: number }) => void;
      onComplete?: () => void;
    }): void;
    configure(options: {
      hostname?: string;
      static?: { address: string; mask: string; gateway: string };
    }): void;
  }
}

declare module "embedded:network/interface/ethernet" {
  export default class Ethernet {
    constructor(options: { onChanged?: () => void });
    readonly connection: number;
    readonly address: string | undefined;
    readonly MAC: string | undefined;
    connect(): void;
    configure(options: {
      hostname?: string;
      static?: { address: string; mask: string; gateway: string };
    }): void;
  }
}

declare module "wifi" {
  /** For ESP32, and a double of it for the simulators. */
  const WiFi: {
    scan(
      options: object,
      callback: (found: { ssid: string; rssi: number; authentication?: string } | null | undefined) => void,
    ): void;
    accessPoint(options: { ssid: string; password?: string; station?: boolean }): void;
  };
  export default WiFi;
}
