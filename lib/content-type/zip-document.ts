import { type Form, formOf, type ZipForm } from './known-types.ts';

/*
 * Documents that are zip files, by the names of their entries. Pure: it sees only the leading bytes. No producer has to
 * keep an order of entries (ECMA-376-2 has none, and not everyone puts ODF's `mimetype` first), so any entry may be the
 * only one that these bytes show. Which document of a family it is remains open.
 */

/** How names begin that occur at the top of such files; lower case, because Office compares names so. */
const entryNames: Readonly<Record<ZipForm, readonly string[]>> = {
  openXml: [
    '[content_types].xml',
    '_rels/',
    'docprops/',
    'word/',
    'xl/',
    'ppt/',
    'customxml/',
    'docmetadata/',
    '_xmlsignatures/',
    // Parts that Office deleted when it saved a file in place.
    '[trash]/',
    // Libraries for .NET store pictures and properties there.
    'media/',
    'package/',
  ],
  openDocument: [
    'mimetype',
    'content.xml',
    'styles.xml',
    'meta.xml',
    'settings.xml',
    'manifest.rdf',
    'meta-inf/',
    'pictures/',
    'thumbnails/',
    'configurations2/',
    'object',
    'layout-cache',
    'media/',
  ],
  iWork: [
    'index/',
    'data/',
    'metadata/',
    'preview',
    // Pages 2013, and Pages '09 and older.
    'index.zip',
    'index.xml',
    'quicklook/',
    'buildversionhistory.plist',
    'contents/pkginfo',
    'thumbs/',
  ],
};

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const docm = 'application/vnd.ms-word.document.macroenabled.12';

/**
 * The expected document, where the leading bytes of a zip file leave open which document it is and contradict nothing.
 * @param signature what the library file-type made of these bytes
 * @param expected the type according to the file's name or S3
 */
export const documentInZip = (
  head: Uint8Array,
  signature: string,
  expected: string | undefined,
): string | undefined => {
  switch (signature) {
    case 'application/zip':
    // Pages stores tables under the names by which the library recognises Numbers.
    case 'application/vnd.apple.numbers': {
      // Word opens a new document under .doc without a warning.
      const type = expected === 'application/msword' ? docx : expected;
      const form = formOf(type);
      return isZip(form) && holdsDocument(head, form) ? type : undefined;
    }
    // As long as it has not seen the list of content types, the library goes by the folder, whether there are macros or not.
    case docx:
      return expected === docm && !entryNamesIn(head).includes('[content_types].xml') ? docm : undefined;
    default:
      return undefined;
  }
};

const isZip = (form: Form | undefined): form is ZipForm => form !== undefined && form in entryNames;

const holdsDocument = (head: Uint8Array, form: ZipForm): boolean =>
  entryNamesIn(head).some((name) => entryNames[form].some((start) => name.startsWith(start)));

/** @see PKWARE APPNOTE 4.3.7, "Local file header" */
const localHeader = { signature: Buffer.from('PK\u0003\u0004'), bytes: 30 } as const;

/**
 * The names of the entries whose headers the leading bytes contain; lower case, with "/" between folders. Content is
 * skipped, because it may be a zip file as well. Where a header does not know the length of its content (bit 3: it
 * follows the content, as in exports of Google Docs; or zip64), the next header is searched.
 */
const entryNamesIn = (head: Uint8Array): readonly string[] => {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const names: string[] = [];
  let at = bytes.indexOf(localHeader.signature);
  while (at >= 0 && at + localHeader.bytes <= bytes.length) {
    const nameAt = at + localHeader.bytes;
    const nameEnd = nameAt + bytes.readUInt16LE(at + 26);
    names.push(plainName(bytes.toString('latin1', nameAt, nameEnd)));
    const contentAt = nameEnd + bytes.readUInt16LE(at + 28);
    const contentBytes = bytes.readUInt32LE(at + 18);
    at = bytes.indexOf(localHeader.signature, contentAt + (contentBytes === 0xffff_ffff ? 0 : contentBytes));
  }
  return names;
};

/** Some libraries write "\word\document.xml" or "./word/document.xml". */
const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/^\.?\//, '');
