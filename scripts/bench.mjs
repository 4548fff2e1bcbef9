/** `npm run bench [-- --json] [NAME…]` */
import { run } from "./typescript.mjs";

run("bench/main.ts").main(process.argv.slice(2));
