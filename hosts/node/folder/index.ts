export { folderSource, type FolderOptions } from "./folder-source.js";
