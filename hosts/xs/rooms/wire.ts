export * from "wirelet/wire/index";
