import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** What a browser loads besides the document. */
export interface PageFiles {
  readonly script: Uint8Array;
  readonly style: Uint8Array;
}

/** Beside this folder: the sources in a clone, the files that were made of them in the package. */
const PAGE = new URL("../page/", import.meta.url);

/**
 * Makes the page's files of its sources.
 * @param folder where the sources are
 */
export async function bundlePage(folder: string): Promise<PageFiles> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [`${folder}/main.tsx`],
    outdir: "page",
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  });
  const contents = (suffix: string): Uint8Array =>
    outputFiles.find(({ path }) => path.endsWith(suffix))?.contents ?? new Uint8Array(0);
  return { script: contents(".js"), style: contents(".css") };
}

/** The page's files, as they are in the package, or made now in a clone, where its sources may have changed. */
export async function loadPage(): Promise<PageFiles> {
  const [script, style] = [new URL("page.js", PAGE), new URL("page.css", PAGE)];
  if (!existsSync(script)) return bundlePage(fileURLToPath(PAGE));
  const [scriptBytes, styleBytes] = await Promise.all([readFile(script), readFile(style)]);
  return { script: scriptBytes, style: styleBytes };
}
