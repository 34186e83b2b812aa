import { describe, expect, test } from 'vitest';
import { decideContentType, parseAllowedTypes } from '../../../lib/content-type/decide.ts';
import { sniffBytes } from '../../../lib/limits.ts';
import { docx, docxWithPropertiesFirst, type ZipEntry, zipOf } from '../../fakes/files.ts';

const types = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  docm: 'application/vnd.ms-word.document.macroenabled.12',
  odt: 'application/vnd.oasis.opendocument.text',
  pages: 'application/vnd.apple.pages',
} as const;

/** The type, or the code of the failure. */
const decide = async (file: Uint8Array, filename: string): Promise<string> => {
  const allowed = parseAllowedTypes(`zip,${Object.keys(types).join(',')}`);
  if (!allowed.ok) throw new Error(allowed.error.join(' '));
  const result = await decideContentType({ head: file.subarray(0, sniffBytes), filename }, allowed.value);
  return result.ok ? result.value : result.error.code;
};

const entry = (name: string, content = 'short'): ZipEntry => ({ name, content, deflated: true });
const streamed = (name: string, content = 'short'): ZipEntry => ({ ...entry(name, content), streamed: true });
const folder = (name: string): ZipEntry => ({ name, content: '' });

/** The name of its first entry is all that the leading bytes show. */
const startsWith = (name: string): Uint8Array => zipOf([{ name, content: 'x'.repeat(sniffBytes) }]);

describe('a document is accepted whichever of its entries is the only one that the leading bytes show', () => {
  test.each([
    ['Word', '[Content_Types].xml'],
    ['LibreOffice', '_rels/.rels'],
    ['LibreOffice with properties first', 'docProps/app.xml'],
    ['Word with custom properties first', 'customXml/item1.xml'],
    ['Google Docs', 'word/numbering.xml'],
    ['Word with a label', 'docMetadata/LabelInfo.xml'],
    ['Word after it saved in place', '[trash]/0000.dat'],
    ['the Open XML SDK', 'media/image1.png'],
    ['System.IO.Packaging', 'package/services/metadata/core-properties/0a1b.psmdcp'],
    ['a signed document', '_xmlsignatures/origin.sigs'],
    ['a library that writes other letters', '[CONTENT_TYPES].XML'],
    ['a library for Windows', 'word\\document.xml'],
    ['a library that writes absolute names', '/word/document.xml'],
    ['a tool that packs the current folder', './word/document.xml'],
  ])('a .docx by %s is accepted, whose leading bytes show only %s', async (_, name) => {
    expect(await decide(startsWith(name), 'CV.docx')).toBe(types.docx);
  });

  test.each([
    'mimetype',
    'META-INF/manifest.xml',
    'Thumbnails/thumbnail.png',
    'Pictures/10000000.png',
    'Configurations2/accelerator/current.xml',
    'content.xml',
    'Object 1/content.xml',
  ])('an .odt is accepted whose leading bytes show only %s', async (name) => {
    expect(await decide(startsWith(name), 'CV.odt')).toBe(types.odt);
  });

  test.each([
    'Index/Document.iwa',
    'Data/photo-12.jpg',
    'Metadata/Properties.plist',
    'preview.jpg',
    'Index.zip',
    'index.xml',
    'index.xml.gz',
    'QuickLook/Thumbnail.jpg',
    'buildVersionHistory.plist',
    'Contents/PkgInfo',
    'thumbs/PageCapThumbV2-1.tiff',
  ])('a .pages is accepted whose leading bytes show only %s', async (name) => {
    expect(await decide(startsWith(name), 'CV.pages')).toBe(types.pages);
  });
});

describe('what the leading bytes leave open is decided by the name', () => {
  test('a document with macros whose list of content types comes last, as in LibreOffice, is accepted as .docm', async () => {
    expect(await decide(startsWith('word/document.xml'), 'CV.docm')).toBe(types.docm);
    expect(await decide(docx, 'CV.docm')).toBe('TYPE_CONTRADICTED');
  });

  test('a Pages document with a table is accepted, although its entries are named as in a Numbers document', async () => {
    const file = zipOf([entry('Index/Document.iwa'), entry('Index/Tables/DataList.iwa')]);
    expect(await decide(file, 'CV.pages')).toBe(types.pages);
    expect(await decide(file, 'CV.docx')).toBe('TYPE_CONTRADICTED');
  });

  test('a new Word document named .doc is accepted, whichever entry is first', async () => {
    expect(await decide(startsWith('docProps/app.xml'), 'CV.doc')).toBe(types.docx);
    expect(await decide(startsWith('setup.exe'), 'CV.doc')).toBe('TYPE_CONTRADICTED');
  });
});

describe('a zip file that holds something else is refused', () => {
  test.each([
    ['CV.docx', 'password/setup.exe'],
    ['CV.docx', 'CV/word/document.xml'],
    ['CV.odt', 'my-content.xml'],
    ['CV.pages', 'MyData/setup.exe'],
  ])('%s is refused when its only entry is %s', async (filename, name) => {
    expect(await decide(startsWith(name), filename)).toBe('TYPE_CONTRADICTED');
    expect(await decide(zipOf([entry(name)]), filename)).toBe('TYPE_CONTRADICTED');
  });

  test('a .docx is refused when word/ stands only in the content of an entry', async () => {
    expect(await decide(zipOf([{ name: 'setup.exe', content: 'word/document.xml' }]), 'CV.docx')).toBe(
      'TYPE_CONTRADICTED',
    );
  });

  test('a .docx is refused when its only entry is itself a document', async () => {
    const file = zipOf([{ name: 'CVs/Frank.docx', content: docxWithPropertiesFirst }]);
    expect(await decide(file, 'CV.docx')).toBe('TYPE_CONTRADICTED');
  });
});

describe('the walk over the entries', () => {
  test('a header in the extra field of an entry is skipped', async () => {
    const name = 'word/document.xml';
    const inner = zipOf([{ name, content: '' }]).subarray(0, 30 + name.length);
    const file = Buffer.from(zipOf([{ name: 'password/setup-of-the-program.exe', content: inner }]));
    // The content becomes the extra field, and the entry has no content.
    file.fill(0, 18, 26).writeUInt16LE(inner.length, 28);
    expect(await decide(file, 'CV.docx')).toBe('TYPE_CONTRADICTED');
  });

  test('the entry after one whose length follows its content is found', async () => {
    const file = zipOf([streamed('notes.bin'), streamed('images.bin', 'x'.repeat(900)), streamed('docProps/app.xml')]);
    expect(await decide(file, 'CV.docx')).toBe(types.docx);
    expect(await decide(zipOf([streamed('notes.bin'), streamed('password/setup.exe')]), 'CV.docx')).toBe(
      'TYPE_CONTRADICTED',
    );
  });

  test('the entry after one without content is found', async () => {
    expect(await decide(zipOf([folder('unknown/'), entry('docProps/app.xml')]), 'CV.docx')).toBe(types.docx);
  });

  test('the name of an entry counts although the leading bytes cut it', async () => {
    const before = sniffBytes - 2 * 30 - 'notes.bin'.length - 'docProps/'.length;
    const file = zipOf([{ name: 'notes.bin', content: 'x'.repeat(before) }, entry('docProps/thumbnail.jpeg')]);
    expect(await decide(file, 'CV.docx')).toBe(types.docx);
  });

  test('the entry after a zip64 header, which has the length elsewhere, is found', async () => {
    const file = Buffer.from(zipOf([entry('notes.bin'), entry('docProps/app.xml')]));
    file.fill(0xff, 18, 26);
    expect(await decide(file, 'CV.docx')).toBe(types.docx);
  });
});
