export * from "wirelet/address/index";
