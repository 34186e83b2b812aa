/** Decimal units, as in file managers: "10 MB", "9.5 MB", "48.2 kB". */
export const sizeText = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${rounded(bytes / 1_000)} kB` : `${rounded(bytes / 1_000_000)} MB`;
};

/** A size above a limit, and the limit. Both are shown in bytes if their short forms are equal. */
export const sizeOverLimit = (bytes: number, limit: number): { readonly size: string; readonly limit: string } =>
  sizeText(bytes) === sizeText(limit)
    ? { size: exactly(bytes), limit: exactly(limit) }
    : { size: sizeText(bytes), limit: sizeText(limit) };

const rounded = (number: number): string => number.toFixed(1).replace(/\.0$/, '');

const exactly = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`;
