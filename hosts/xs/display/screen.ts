export { showDevice } from "wirelet/hosts/xs/screen/index";
