export * from "wirelet/stack/index";
