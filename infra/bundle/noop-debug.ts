/**
 * Replaces `debug` in the bundles. A dependency of file-type would include it, together with terminal detection, for
 * messages that are never switched on.
 */
export default () => (): void => {};
