/** A site that scripts of one origin may use; the argument is that origin, and without it none may. */
import { nodeIo, nodeServices } from "../../../hosts/node/index.js";
import { cors, HttpError, HttpServer, Router, type CorsOptions } from "../../../src/http/index.js";

const [origin = "http://nobody.example"] = process.argv.slice(2);

const server = new HttpServer({ ...nodeServices, io: nodeIo, port: 0 });

function mount(prefix: string, options: CorsOptions | undefined): void {
  const pages = new Router();
  if (options !== undefined) pages.use(cors(options));
  pages.all("/page", (request, response) => {
    response.header("X-Count", "7").json({ method: request.method, token: request.header("X-Token") });
  });
  pages.all("/error", () => {
    throw new HttpError(403, "not you");
  });
  server.mount(prefix, pages);
}

server.get("/", (_, response) => response.header("Content-Type", "text/html").send("<title>Origin</title>"));
mount("/open", { origins: "*" });
mount("/other", { origins: ["http://other.example"] });
mount("/silent", undefined);
mount("/closed", {
  origins: [origin],
  methods: ["PUT"],
  headers: ["X-Token"],
  exposedHeaders: ["X-Count"],
  credentials: true,
});
server.start();
process.stdout.write(`Serving at http://127.0.0.1:${server.port}/ .\n`);
