import { HttpServer } from "../../src/http/server/index.js";

/** The server with its router and nothing else, to see how large their code is. */
Object.assign(globalThis, { HttpServer });
