export * from "wirelet/error/index";
