export * from "./auth/index.js";
export * from "./client/index.js";
export * from "./content/index.js";
export * from "./cors/index.js";
export * from "./files/index.js";
export * from "./server/index.js";
export * from "./session/index.js";
