import eslint from "@eslint/js";
import tseslint from "typescript-eslint";
import rooms from "./scripts/eslint-rooms.mjs";

export default tseslint.config(
  { ignores: ["dist/", "coverage/", "**/node_modules/", ".cache/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      // A typed array's element is there when the length was checked; `!` says so (noUncheckedIndexedAccess).
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      // Overloads that differ in meaning stay apart.
      "@typescript-eslint/unified-signatures": "off",
      // A getter costs nothing; a field costs a slot in each object on a device.
      "@typescript-eslint/class-literal-property-style": "off",
      eqeqeq: "error",
    },
  },
  {
    files: ["src/**/*.ts", "hosts/**/*.ts", "simulator/**/*.{ts,tsx}"],
    plugins: { rooms },
    rules: { "rooms/import-direction": "error" },
  },
  {
    // The same sources run inside XS: see docs/decisions/portable-sources.md.
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "FunctionDeclaration[generator=true], FunctionExpression[generator=true]",
          message: "XS cannot preload generators.",
        },
        {
          selector: "TSEnumDeclaration",
          message: "An enum is not frozen when XS preloads it: use a frozen object.",
        },
        {
          selector:
            ":matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > Literal[regex]",
          message: "XS crashes on a RegExp in flash: use a Pattern of src/host.",
        },
        { selector: "Literal[bigint]", message: "A BigInt costs 24 bytes on a device: use numbers." },
        {
          selector: "MethodDefinition > PrivateIdentifier.key",
          message: "Measured on XS: each instance pays a slot for each #method. Use TypeScript's private.",
        },
      ],
    },
  },
  {
    files: ["src/{host,wire,http,socket,dhcp,dns}/**/*.ts"],
    plugins: { rooms },
    rules: { "rooms/no-string-length": "error" },
  },
  {
    files: ["**/*.{mjs,cjs}", "jest-preset.js"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        module: "writable",
        require: "readonly",
        __dirname: "readonly",
        __filename: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
        performance: "readonly",
        Buffer: "readonly",
      },
    },
  },
  { files: ["examples/moddable/**/*.js"], languageOptions: { globals: { trace: "readonly" } } },
);
