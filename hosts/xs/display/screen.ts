export { showDevice, showSetup } from "wirelet/hosts/xs/screen/index";
