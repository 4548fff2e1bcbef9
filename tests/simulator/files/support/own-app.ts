import type { App } from "../../../../simulator/index.js";

const app: App = (_, host) => host.tell({ topic: "app", text: "I am on" });
export default app;
