export * from "wirelet/dhcp/index";
