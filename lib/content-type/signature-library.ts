/** The only function of file-type that is used. This separate module lets the bundler leave out the rest. */
export { fileTypeFromBuffer } from 'file-type';
