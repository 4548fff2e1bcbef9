export * from "wirelet/http/index";
