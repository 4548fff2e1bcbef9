import { contentTypeOf } from "wirelet/http/content/index";
import { BytesResource, etagOf, type Resource, type ResourceSource } from "wirelet/http/files/index";

/** Moddable's module `Resource`: what a manifest's `data` has put into flash. An instance is a buffer that can only be read. */
export interface NativeResources {
  new (path: string): ArrayBuffer;
  exists(path: string): boolean;
}

/**
 * What an app's manifest has under `data`, from flash; with `"site/*": "./site/*"` the folder is "site". Beside "page.html" may
 * lie "page.html.gz", for clients that accept gzip. To be called at run time: it remembers entity tags, which it could not
 * as part of a preloaded module.
 *
 * @param resources the default export of Moddable's module `Resource`
 * @param folder nothing outside of it is given away: certificates and keys lie among the resources too
 * @param version of the firmware, with which resources change, as the entity tag of each. Absent: their bytes are looked at,
 * when they are asked for first
 * @example
 * server.get("/<path:path>", serveFiles(resourceSource(Resource, "site")));
 */
export function resourceSource(resources: NativeResources, folder: string, version?: string): ResourceSource {
  const tags = new Map<string, string>();

  function tagOf(name: string, bytes: Uint8Array): string {
    if (version !== undefined) return name.endsWith(".gz") ? `"${version}-gzip"` : `"${version}"`;
    const tag = tags.get(name) ?? etagOf(bytes);
    tags.set(name, tag);
    return tag;
  }

  function load(name: string, contentType: string, gzip: Resource | undefined): Resource | undefined {
    if (!resources.exists(name)) return undefined;
    const bytes = new Uint8Array(new resources(name));
    return new BytesResource(bytes, { contentType, etag: tagOf(name, bytes), gzip });
  }

  return {
    find(path: string): Resource | undefined {
      const name = `${folder}/${path}`;
      const contentType = contentTypeOf(path);
      return load(name, contentType, load(`${name}.gz`, contentType, undefined));
    },
  };
}
