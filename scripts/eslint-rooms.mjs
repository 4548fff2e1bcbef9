/** Two lint rules of this project: which room may import which, and no string length where bytes are counted. */
import path from "node:path";

/** What each room of src/ may import, by docs/architecture.md. */
const MAY_IMPORT = {
  error: [],
  address: ["error"],
  host: ["error", "address"],
  wire: ["error", "address", "host"],
  stack: ["error", "address", "host", "wire"],
  socket: ["error", "address", "host"],
  dhcp: ["error", "address", "host", "wire"],
  dns: ["error", "address", "host", "wire"],
  http: ["error", "address", "host"],
  device: ["error", "address", "host", "dhcp", "dns", "http"],
};

/** Rooms whose files may be imported past their index: the hot path names single wire formats. */
const OPEN = { stack: ["wire"] };

function place(file) {
  const parts = file.split(path.sep);
  const src = parts.lastIndexOf("src");
  if (src >= 0 && parts[src + 1] in MAY_IMPORT) return { kind: "src", room: parts[src + 1] };
  for (const kind of ["hosts", "simulator", "tests", "bench", "examples"])
    if (parts.includes(kind)) return { kind, room: kind };
  return { kind: "other", room: "other" };
}

const importDirection = {
  meta: {
    type: "problem",
    schema: [],
    messages: { direction: "{{from}} must not import {{to}}.", index: "Import {{to}} through its index.js." },
  },
  create(context) {
    const from = place(context.filename);
    function check(node) {
      const specifier = node.source?.value;
      if (typeof specifier !== "string" || !specifier.startsWith(".")) return;
      const target = path.resolve(path.dirname(context.filename), specifier);
      const to = place(target);
      if (from.kind === "src" && to.kind !== "src") {
        context.report({ node, messageId: "direction", data: { from: `src/${from.room}`, to: specifier } });
      } else if (to.kind === "src" && to.room !== from.room) {
        if (from.kind === "src" && !MAY_IMPORT[from.room].includes(to.room)) {
          context.report({
            node,
            messageId: "direction",
            data: { from: `src/${from.room}`, to: `src/${to.room}` },
          });
        } else if (path.basename(target) !== "index.js" && !(OPEN[from.room] ?? []).includes(to.room)) {
          context.report({ node, messageId: "index", data: { to: `src/${to.room}` } });
        }
      }
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};

const STRING_METHODS = new Set([
  "toString",
  "slice",
  "trim",
  "join",
  "padStart",
  "toLowerCase",
  "toUpperCase",
  "repeat",
]);

/**
 * On a device a string's length counts code points, on Node UTF-16 units, and neither is bytes. What can be seen without
 * types is refused: literals, templates, results of string methods, and names that say they are text.
 */
const noStringLength = {
  meta: {
    type: "problem",
    schema: [],
    messages: { length: 'A string\'s length is not a byte count; encode it first, or compare with "".' },
  },
  create(context) {
    function isText(node) {
      if (node.type === "Literal") return typeof node.value === "string";
      if (node.type === "TemplateLiteral") return true;
      if (node.type === "CallExpression" && node.callee.type === "MemberExpression") {
        return (
          node.callee.property.type === "Identifier" &&
          STRING_METHODS.has(node.callee.property.name) &&
          node.callee.property.name !== "slice"
        );
      }
      return node.type === "Identifier" && /^(text|string|str)$|Text$|String$/.test(node.name);
    }
    return {
      MemberExpression(node) {
        if (!node.computed && node.property.name === "length" && isText(node.object))
          context.report({ node, messageId: "length" });
      },
    };
  },
};

export default { rules: { "import-direction": importDirection, "no-string-length": noStringLength } };
