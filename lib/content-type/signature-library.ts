/** The one function of file-type that is used; named here, the bundler leaves the rest of the package out. */
export { fileTypeFromBuffer } from 'file-type';
