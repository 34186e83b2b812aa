/** Headers for the download of a stored file: an HTML file must not run as a page of the emulator. */
export const downloadHeaders = (name: string): Record<string, string> => ({
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}`,
  'content-security-policy': 'sandbox',
  'x-content-type-options': 'nosniff',
});
