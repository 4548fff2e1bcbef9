import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const PLAIN_PORT = 8080;
export const SECURE_PORT = 8443;

/** Bytes of the large file. */
export const LARGE = 3_000_000;

/**
 * Writes nginx's configuration, and what it serves.
 *
 * @param identity paths of its key and certificate
 * @returns nginx's arguments
 */
export function configureNginx(
  folder: string,
  identity: { readonly key: string; readonly cert: string },
): string[] {
  for (const name of ["www", "uploads", "temporary"]) mkdirSync(join(folder, name), { mode: 0o777 });
  writeFileSync(join(folder, "www/plain.txt"), "plain text\n".repeat(100));
  writeFileSync(join(folder, "www/large.bin"), randomBytes(LARGE));
  writeFileSync(join(folder, "users"), "ann:{PLAIN}open sesame\n");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/temporary/${name};`,
  );
  const configuration = `
    daemon off;
    # One process: it ends when it is killed.
    master_process off;
    user root;
    pid ${folder}/nginx.pid;
    error_log stderr notice;
    events {}
    http {
      access_log off;
      ${temporary.join("\n")}
      types { text/plain txt; }
      server {
        listen ${PLAIN_PORT};
        listen ${SECURE_PORT} ssl;
        ssl_certificate ${identity.cert};
        ssl_certificate_key ${identity.key};
        root ${folder}/www;
        location /gzip/ { alias ${folder}/www/; gzip on; gzip_min_length 1; gzip_types text/plain; }
        location /chunked/ { alias ${folder}/www/; sub_filter plain chunked; sub_filter_once off; sub_filter_types *; }
        location /closed/ { alias ${folder}/www/; keepalive_timeout 0; }
        location /impatient/ { alias ${folder}/www/; keepalive_timeout 1s; }
        location = /moved { return 301 /plain.txt; }
        location = /other { return 302 $scheme://other.test:$server_port/who; }
        location = /temporary { return 307 /uploads/moved.txt; }
        location = /loop { return 302 /loop; }
        location = /who { return 200 "$http_authorization|$http_cookie"; }
        location = /cookie { add_header Set-Cookie "visit=1; Path=/"; return 302 /who; }
        location /secret/ { alias ${folder}/www/; auth_basic "secrets"; auth_basic_user_file ${folder}/users; }
        location /uploads/ { alias ${folder}/uploads/; dav_methods PUT DELETE; client_max_body_size 20m; }
        location /small/ { alias ${folder}/uploads/; dav_methods PUT; client_max_body_size 1k; }
      }
    }`;
  const file = join(folder, "nginx.conf");
  writeFileSync(file, configuration);
  return ["-p", folder, "-c", file];
}

/** What it says when it serves. */
export const NGINX_SERVES = /\[notice\].* nginx\//;
