import { gzipSync } from 'node:zlib';
import { compoundFile, docx, exe, jpeg, odt, pdf, png, rtf, textBytes, zipOf, zipWithProgram } from './files.ts';

const withFirst = (...names: readonly string[]): Uint8Array => zipOf(names.map((name) => ({ name, content: 'short' })));

const openXmlOf = (mainType: string): Uint8Array =>
  zipOf([{ name: '[Content_Types].xml', content: `<Types><Override ContentType="${mainType}.main+xml"/></Types>` }]);

const withMimetype = (content: string): Uint8Array => zipOf([{ name: 'mimetype', content }]);

const signature = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat([
    ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    new Uint8Array(64),
  ]);

const text = textBytes('Frank Doe, carpenter\n');

/** The beginning of a file of each known type. */
export const typeSamples: Readonly<Record<string, Uint8Array>> = {
  'application/pdf': pdf,
  'application/msword': compoundFile,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': docx,
  'application/vnd.oasis.opendocument.text': odt,
  'application/rtf': rtf,
  'text/plain': text,
  'image/png': png,
  'image/jpeg': jpeg,
  'application/vnd.ms-word.document.macroenabled.12': openXmlOf('application/vnd.ms-word.document.macroEnabled'),
  'application/vnd.ms-excel': compoundFile,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': openXmlOf(
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ),
  'application/vnd.oasis.opendocument.spreadsheet': withMimetype('application/vnd.oasis.opendocument.spreadsheet'),
  'application/vnd.ms-powerpoint': compoundFile,
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': openXmlOf(
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ),
  'application/vnd.oasis.opendocument.presentation': withMimetype('application/vnd.oasis.opendocument.presentation'),
  'application/vnd.apple.pages': withFirst('Index/Document.iwa'),
  'application/vnd.ms-outlook': compoundFile,
  'image/gif': signature('GIF89a'),
  'image/webp': signature('RIFF', [0x40, 0, 0, 0], 'WEBPVP8 '),
  'image/tiff': signature('II*', [0, 8, 0, 0, 0]),
  'image/bmp': signature('BM'),
  'image/heic': signature([0, 0, 0, 24], 'ftypheic'),
  'application/zip': zipWithProgram,
  'application/gzip': gzipSync(text),
  'application/x-7z-compressed': signature('7z', [0xbc, 0xaf, 0x27, 0x1c]),
  'application/x-rar-compressed': signature('Rar!', [0x1a, 7, 0]),
  'text/html': text,
  'text/csv': text,
  'text/markdown': text,
  'application/json': text,
  'application/xml': text,
  'image/svg+xml': text,
  'message/rfc822': text,
  'application/x-msdownload': exe,
  'application/x-msi': compoundFile,
  'application/x-ms-shortcut': signature('L', [0, 0, 0, 1, 0x14, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]),
  'application/java-archive': withFirst('META-INF/MANIFEST.MF'),
  'application/vnd.android.package-archive': withFirst('AndroidManifest.xml', 'classes.dex'),
  'text/javascript': text,
  'text/vbscript': text,
  'application/hta': text,
  'application/x-bat': text,
  'application/x-powershell': text,
  'application/x-sh': text,
};
