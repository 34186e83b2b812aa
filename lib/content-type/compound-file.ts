import { sniffBytes } from '../limits.ts';

/*
 * The OLE container ("compound file") of Word 97 to 2003, and of every newer Office document with a password. Pure: it
 * sees only the leading bytes, which include the container's directory where Office usually writes it.
 * @see [MS-CFB] 2.2 (header) and 2.6.1 (directory entry); [MS-OFFCRYPTO] 2.3.4; [MS-DOC] 2.5.2 (FibBase)
 */

/** What the leading bytes of such a container show, if anything. `hidden`: its directory comes after them. */
export type Protection = 'encrypted' | 'hidden' | undefined;

/** The header fills one sector; version 4 has larger sectors. */
const format = { sectorBytes: 512, entryBytes: 128 } as const;

/** Streams that exist only in documents with a password or restricted rights. */
const protectedStreams: ReadonlySet<string> = new Set(['EncryptedPackage', 'EncryptionInfo', '\u0006DataSpaces']);

/** @param head leading bytes of a compound file: `sniffBytes` of them, or the whole file when it is shorter */
export const protectionOf = (head: Uint8Array): Protection => {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < format.sectorBytes) return undefined;
  if (isEncryptedWord(view)) return 'encrypted';
  for (let at = format.sectorBytes; at + format.entryBytes <= head.length; at += format.entryBytes) {
    if (isProtectedStream(view, at)) return 'encrypted';
  }
  // The first sector follows the header.
  const directoryAt = (view.getUint32(0x30, true) + 1) * 2 ** (view.getUint16(0x1e, true) & 0xf);
  return head.length >= sniffBytes && directoryAt + format.entryBytes > head.length ? 'hidden' : undefined;
};

/**
 * Whether there is a directory entry in use with such a name. Other bytes do not have the length of the name behind it.
 */
const isProtectedStream = (view: DataView, at: number): boolean => {
  const name = Buffer.from(view.buffer, view.byteOffset + at, 64)
    .toString('utf16le')
    .replace(/\0.*/s, '');
  const isInUse = view.getUint8(at + 0x42) !== 0;
  return isInUse && protectedStreams.has(name) && view.getUint16(at + 0x40, true) === 2 * (name.length + 1);
};

/** Word 97 to 2003 encrypts the text and sets a flag at the start of its main stream, which it writes first. */
const isEncryptedWord = (view: DataView): boolean =>
  view.byteLength >= format.sectorBytes + 12 &&
  view.getUint16(format.sectorBytes, true) === 0xa5ec &&
  (view.getUint16(format.sectorBytes + 10, true) & 0x0100) !== 0;
