export * from "wirelet/socket/index";
