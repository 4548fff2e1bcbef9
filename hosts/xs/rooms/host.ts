export * from "wirelet/host/index";
