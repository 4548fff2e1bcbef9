/** `npm start` and `npm run wirelet -- …`: the command, straight from its sources. */
import { run } from "./typescript.mjs";

run("hosts/node/cli/main.ts").main(process.argv.slice(2));
