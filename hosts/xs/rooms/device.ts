export * from "wirelet/device/index";
