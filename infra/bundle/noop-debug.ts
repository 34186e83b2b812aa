/**
 * Takes the place of `debug` in the bundles: a package below file-type would bring it along, with a reader for terminals,
 * to write messages that stay switched off.
 */
export default () => (): void => {};
