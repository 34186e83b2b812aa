import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideContentType, defaultAllowedTypes, parseAllowedTypes } from '../../../lib/content-type/decide.ts';
import { sniffBytes } from '../../../lib/limits.ts';
import {
  compoundFile,
  compoundFileWith,
  docx,
  docxWithPictureFirst,
  docxWithPropertiesFirst,
  encryptedDocument,
  encryptedDocumentWithLateDirectory,
  encryptedOldWordDocument,
  exe,
  jpeg,
  noise,
  odt,
  oldWordDocument,
  pdf,
  pdfAfterOtherBytes,
  pdfTooFarIn,
  png,
  rtf,
  textBytes,
  zipOf,
  zipWithProgram,
} from '../../fakes/files.ts';

const docxType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const odtType = 'application/vnd.oasis.opendocument.text';

const typesAllowed = (text = defaultAllowedTypes) => {
  const parsed = parseAllowedTypes(text);
  if (!parsed.ok) throw new Error(parsed.error.join(' '));
  return parsed.value;
};

/** Binary bytes, then the header of a PDF at this offset. */
const pdfAfter = (offset: number): Uint8Array => Buffer.concat([Buffer.alloc(offset, 1), pdf]);

/** The type, or the failure. */
const decide = async (file: Uint8Array, filename: string, declared?: string, allowed?: string) => {
  const evidence = { head: file.subarray(0, sniffBytes), filename, ...(declared === undefined ? {} : { declared }) };
  const result = await decideContentType(evidence, typesAllowed(allowed));
  return result.ok ? result.value : result.error;
};

describe('a file whose bytes and name agree', () => {
  test.each([
    ['CV.pdf', pdf, 'application/pdf'],
    ['CV.PDF', pdf, 'application/pdf'],
    ['CV.doc', compoundFile, 'application/msword'],
    ['CV.docx', docx, docxType],
    ['CV.odt', odt, odtType],
    ['CV.rtf', rtf, 'application/rtf'],
    ['CV.txt', textBytes('Frank Doe, carpenter\n'), 'text/plain'],
    ['CV.png', png, 'image/png'],
    ['CV.jpg', jpeg, 'image/jpeg'],
    ['CV.jpeg', jpeg, 'image/jpeg'],
  ])('a file named %s whose bytes agree has the type of its name', async (filename, file, type) => {
    expect(await decide(file, filename)).toBe(type);
  });

  test('a file whose bytes and name agree has their type whatever S3 says', async () => {
    expect(await decide(pdf, 'CV.pdf', 'image/png')).toBe('application/pdf');
  });

  test('a PDF may start after other bytes', async () => {
    expect(await decide(pdfAfterOtherBytes, 'CV.pdf')).toBe('application/pdf');
    expect(await decide(pdfAfter(1_024), 'CV.pdf')).toBe('application/pdf');
  });

  test('a PDF may start after a line of text', async () => {
    expect(await decide(textBytes('\r\n%PDF-1.4\n1 0 obj<<>>endobj'), 'CV.pdf')).toBe('application/pdf');
  });

  test('a .docx may show only the name of its first part in its leading bytes', async () => {
    expect(docxWithPictureFirst.length).toBeGreaterThan(sniffBytes);
    expect(await decide(docxWithPictureFirst, 'CV.docx')).toBe(docxType);
    expect(await decide(docxWithPropertiesFirst, 'CV.docx')).toBe(docxType);
  });

  test('a text may be in an old Windows encoding', async () => {
    expect(await decide(Uint8Array.of(0x52, 0x65, 0x6e, 0xe9, 0x0d, 0x0a), 'CV.txt')).toBe('text/plain');
  });

  test('a text may be in UTF-16, which is full of NUL bytes', async () => {
    const littleEndian = Buffer.from('\ufeffFrank Doe', 'utf16le');
    expect(await decide(littleEndian, 'CV.txt')).toBe('text/plain');
    expect(await decide(Buffer.from(littleEndian).swap16(), 'CV.txt')).toBe('text/plain');
  });

  test.each([
    [0xff, 0x01],
    [0x01, 0xfe],
    [0xfe, 0x01],
    [0x01, 0xff],
  ])('half of a byte order mark makes no text: %i, %i', async (...bytes) => {
    expect(await decide(Uint8Array.from(bytes), 'CV.txt')).toMatchObject({ code: 'TYPE_CONTRADICTED' });
  });

  test('a text may start like a bitmap, a program or an archive', async () => {
    expect(await decide(textBytes('BMW Motorsport, 2019 to 2024'), 'CV.txt')).toBe('text/plain');
    expect(await decide(textBytes('MZ Motorrad, 1988'), 'CV.txt')).toBe('text/plain');
    expect(await decide(textBytes('PK\n'), 'CV.txt')).toBe('text/plain');
  });

  test('a text may mention PDF', async () => {
    expect(await decide(textBytes('I wrote a parser for %PDF-1.4 files.'), 'CV.txt')).toBe('text/plain');
  });
});

describe('bytes that contradict the name are refused', () => {
  const contradicted = (detail: string) => ({ code: 'TYPE_CONTRADICTED', detail });

  test('a program named .pdf is refused', async () => {
    expect(await decide(exe, 'CV.pdf')).toEqual(contradicted('The name says pdf, the first bytes say exe.'));
  });

  test('a program named .docx is refused', async () => {
    expect(await decide(exe, 'CV.docx')).toEqual(contradicted('The name says docx, the first bytes say exe.'));
  });

  test('a PDF named .docx is refused', async () => {
    expect(await decide(pdf, 'CV.docx')).toEqual(contradicted('The name says docx, the first bytes say pdf.'));
  });

  test('a PDF named .exe is refused', async () => {
    expect(await decide(pdf, 'CV.exe')).toEqual(contradicted('The name says exe, the first bytes say pdf.'));
  });

  test('a PDF named .com is refused with that extension, not with the usual one of its type', async () => {
    expect(await decide(pdf, 'CV.com')).toEqual(contradicted('The name says com, the first bytes say pdf.'));
  });

  test('a PDF named .txt is refused', async () => {
    expect(await decide(pdf, 'CV.txt')).toEqual(contradicted('The name says txt, the first bytes say pdf.'));
  });

  test('a zip named .docx that holds a program is refused', async () => {
    expect(zipWithProgram.length).toBeGreaterThan(sniffBytes);
    expect(await decide(zipWithProgram, 'CV.docx')).toEqual(
      contradicted('The name says docx, the first bytes say zip.'),
    );
  });

  test('a small zip named .odt that holds something else is refused', async () => {
    expect(await decide(zipOf([{ name: 'setup.exe', content: 'MZ' }]), 'CV.odt')).toEqual(
      contradicted('The name says odt, the first bytes say zip.'),
    );
  });

  test('an OpenDocument text named .docx is refused', async () => {
    expect(await decide(odt, 'CV.docx')).toEqual(contradicted('The name says docx, the first bytes say odt.'));
  });

  test('an old Office file named .pdf is refused', async () => {
    expect(await decide(compoundFile, 'CV.pdf')).toEqual(
      contradicted('The name says pdf, the first bytes say an old Office container.'),
    );
  });

  test('a picture with the name of another kind is refused', async () => {
    expect(await decide(png, 'CV.jpg')).toEqual(contradicted('The name says jpg, the first bytes say png.'));
  });

  test('a web page named .pdf is refused', async () => {
    expect(await decide(textBytes('<!doctype html><title>Not found</title>'), 'CV.pdf')).toEqual(
      contradicted('The name says pdf, the first bytes say txt.'),
    );
  });

  test('a PDF that starts too late for any reader to open it is refused', async () => {
    for (const file of [pdfTooFarIn, pdfAfter(1_025)]) {
      expect(await decide(file, 'CV.pdf')).toEqual(contradicted('The name says pdf, the first bytes show no type.'));
    }
  });

  test('a file that mentions the header of a PDF is refused under the name of another document', async () => {
    expect(await decide(textBytes('I wrote a parser for %PDF-1.4 files.'), 'CV.rtf')).toEqual(
      contradicted('The name says rtf, the first bytes say txt.'),
    );
    expect(await decide(pdfAfter(9), 'CV.docx')).toEqual(
      contradicted('The name says docx, the first bytes show no type.'),
    );
  });

  test('bytes of no known format named .txt are refused', async () => {
    expect(await decide(noise, 'CV.txt')).toEqual(contradicted('The name says txt, the first bytes show no type.'));
  });

  test('bytes of no known format named .png are refused', async () => {
    expect(await decide(noise, 'CV.png')).toEqual(contradicted('The name says png, the first bytes show no type.'));
  });
});

describe('a document with a password', () => {
  const password = (detail: string) => ({ code: 'FILE_HAS_PASSWORD', detail });
  const seen = password('The first bytes show an encrypted document.');

  test.each([['CV.docx'], ['CV.xlsx'], ['CV.pptx'], ['CV.doc'], ['CV'], ['CV.pdf']])(
    'a new Office document with a password, named %s, is refused as FILE_HAS_PASSWORD',
    async (filename) => {
      expect(await decide(encryptedDocument, filename)).toEqual(seen);
    },
  );

  test('a document with a password is refused although its leading bytes end with the entry or the flag that shows it', async () => {
    expect(await decide(encryptedDocument.subarray(0, 1_280), 'CV.doc')).toEqual(seen);
    expect(await decide(encryptedOldWordDocument.subarray(0, 524), 'CV.doc')).toEqual(seen);
  });

  test('a new Office document with a password that S3 calls an old one is refused as FILE_HAS_PASSWORD', async () => {
    expect(await decide(encryptedDocument, 'CV', 'application/msword')).toEqual(seen);
  });

  test.each(['EncryptedPackage', 'EncryptionInfo', '\u0006DataSpaces'])(
    'an old Office container with the stream %j is refused as FILE_HAS_PASSWORD',
    async (stream) => {
      expect(await decide(compoundFileWith([stream], 1), 'CV.docx')).toEqual(seen);
    },
  );

  test('an old Word document with a password is refused as FILE_HAS_PASSWORD', async () => {
    expect(await decide(encryptedOldWordDocument, 'CV.doc')).toEqual(seen);
    expect(await decide(encryptedOldWordDocument, 'CV', 'application/msword')).toEqual(seen);
  });

  test('an old Office container named .docx whose directory comes late is refused as FILE_HAS_PASSWORD', async () => {
    // With seven sectors before it, the directory begins within the leading bytes, and its first entry ends after them.
    for (const file of [encryptedDocumentWithLateDirectory, compoundFileWith(['EncryptedPackage'], 7)]) {
      expect(file.length).toBeGreaterThan(sniffBytes);
      expect(await decide(file, 'CV.docx')).toEqual(
        password(
          'The name says docx, but the first bytes show an old Office container, as used for documents with a password.',
        ),
      );
    }
  });

  test('an old Office container that may well be an old document is not refused for a password', async () => {
    expect(await decide(encryptedDocumentWithLateDirectory, 'CV.doc')).toBe('application/msword');
    expect(await decide(oldWordDocument, 'CV.doc')).toBe('application/msword');
    const withoutFlag = Buffer.from(encryptedOldWordDocument).fill(0, 522, 524);
    const withFlagOfNoWordDocument = Buffer.from(encryptedOldWordDocument).fill(0, 512, 514);
    for (const file of [withoutFlag, withFlagOfNoWordDocument]) {
      expect(await decide(file, 'CV.doc')).toBe('application/msword');
    }
    expect(await decide(oldWordDocument, 'CV.docx')).toEqual({
      code: 'TYPE_CONTRADICTED',
      detail: 'The name says docx, the first bytes say an old Office container.',
    });
  });

  test('an old document whose text mentions encryption is not refused for a password', async () => {
    const file = Buffer.from(compoundFileWith(['WordDocument', '1Table'], 4));
    file.write('I wrote EncryptedPackage and EncryptionInfo.', 1024, 'utf16le');
    expect(await decide(file, 'CV.doc')).toBe('application/msword');
    file.fill(0, 1024, 1152).write('EncryptedPackage', 1024, 'utf16le');
    expect(await decide(file, 'CV.doc')).toBe('application/msword');
    // The entry of a deleted stream: its kind is 0.
    file.writeUInt16LE(2 * ('EncryptedPackage'.length + 1), 1024 + 64);
    expect(await decide(file, 'CV.doc')).toBe('application/msword');
  });

  test('an encrypted PDF is sent, because most can be opened without a password', async () => {
    const trailer = '\ntrailer<</Root 1 0 R/Encrypt 4 0 R>>\n%%EOF\n';
    expect(await decide(Buffer.concat([pdf, Buffer.from(trailer)]), 'CV.pdf')).toBe('application/pdf');
  });
});

describe('files that Word opens under .doc', () => {
  test('rich text named .doc is sent as rich text', async () => {
    expect(await decide(rtf, 'CV.doc')).toBe('application/rtf');
  });

  test('a new Word document named .doc is sent as a new Word document', async () => {
    expect(await decide(docx, 'CV.doc')).toBe(docxType);
  });

  test('a PDF named .doc is refused', async () => {
    expect(await decide(pdf, 'CV.doc')).toMatchObject({ code: 'TYPE_CONTRADICTED' });
  });

  test('an old Word document named .docx is refused, although the reverse is allowed', async () => {
    expect(await decide(compoundFile, 'CV.docx')).toMatchObject({ code: 'TYPE_CONTRADICTED' });
  });
});

describe('a name without a known extension', () => {
  test('the bytes decide the type when the name has no extension', async () => {
    expect(await decide(pdf, 'CV', 'binary/octet-stream')).toBe('application/pdf');
    expect(await decide(docx, 'CV')).toBe(docxType);
    expect(await decide(odt, 'CV', '')).toBe(odtType);
  });

  test('the bytes decide the type when the end of the name only looks like an extension', async () => {
    expect(await decide(pdf, 'frank.doe')).toBe('application/pdf');
  });

  test("S3's type says which document a container holds when the name has no extension", async () => {
    expect(await decide(compoundFile, 'CV', 'application/msword')).toBe('application/msword');
    expect(await decide(docxWithPropertiesFirst, 'CV', docxType)).toBe(docxType);
  });

  test('a container is refused when neither its name nor S3 says which document it holds', async () => {
    expect(await decide(compoundFile, 'CV', 'binary/octet-stream')).toEqual({
      code: 'TYPE_NOT_ALLOWED',
      detail: 'The file is an old Office container. Allowed: pdf, doc, docx, odt, rtf, txt, png, jpeg.',
    });
  });

  test('text without an extension is plain text', async () => {
    expect(await decide(textBytes('Frank Doe'), 'CV', 'application/octet-stream')).toBe('text/plain');
  });

  test("text without an extension has S3's type, without its parameters", async () => {
    expect(await decide(textBytes('a;b'), 'CV', 'text/csv; charset=utf-8', 'csv')).toBe('text/csv');
  });

  test("text has S3's type when that type was allowed explicitly", async () => {
    expect(await decide(textBytes('# CV'), 'CV.org', 'text/org', 'pdf,text/org')).toBe('text/org');
  });

  test("a PDF after other bytes needs S3's type when the name has no extension", async () => {
    expect(await decide(pdfAfterOtherBytes, 'CV', 'application/pdf')).toBe('application/pdf');
    expect(await decide(pdfAfterOtherBytes, 'CV')).toMatchObject({ code: 'TYPE_NOT_ALLOWED' });
  });

  // The failure does not repeat S3's type, because the uploader wrote it.
  test.each([
    [undefined, 'The type of the file cannot be determined.'],
    ['application/pdf', 'The type of the file cannot be determined.'],
    ['', 'The file is of another type.'],
    ['application/octet-stream', 'The file is of another type.'],
    ['binary/octet-stream', 'The file is of another type.'],
    ['frank/doe', 'The file is of another type.'],
    ['__proto__', 'The file is of another type.'],
  ])('bytes of no known format without an extension are refused when S3 says %j: %s', async (declared, sentence) => {
    expect(await decide(noise, 'CV', declared, 'pdf,txt')).toEqual({
      code: 'TYPE_NOT_ALLOWED',
      detail: `${sentence} Allowed: pdf, txt.`,
    });
  });

  test("S3's type is believed when it was allowed explicitly", async () => {
    expect(await decide(noise, 'CV.example', 'application/x-example', 'pdf,application/x-example')).toBe(
      'application/x-example',
    );
  });

  test.each([
    ['Office', compoundFile],
    ['a zip file', zipWithProgram],
  ])("S3's type is believed when it was allowed explicitly, also in the container of %s", async (_, file) => {
    const allowed = 'pdf,application/x-example';
    expect(await decide(file, 'CV.example', 'application/x-example', allowed)).toBe('application/x-example');
    expect(await decide(file, 'CV.zip', 'application/x-example', allowed)).not.toBe('application/x-example');
    expect(await decide(file, 'CV.example', 'application/x-other', allowed)).toMatchObject({
      code: 'TYPE_NOT_ALLOWED',
    });
  });

  test("S3's type is not believed, although it was allowed explicitly, when the bytes show another", async () => {
    expect(await decide(exe, 'CV.example', 'application/x-example', 'pdf,application/x-example')).toMatchObject({
      code: 'TYPE_NOT_ALLOWED',
    });
    expect(await decide(encryptedDocument, 'CV.example', 'application/x-example', 'pdf,application/x-example')).toEqual(
      { code: 'FILE_HAS_PASSWORD', detail: 'The first bytes show an encrypted document.' },
    );
  });
});

describe('a type that is not allowed is refused', () => {
  const refused = async (file: Uint8Array, filename: string, allowed?: string) =>
    expect(await decide(file, filename, undefined, allowed)).toMatchObject({ code: 'TYPE_NOT_ALLOWED' });

  test('a type that is not allowed is refused by its name', async () => {
    expect(await decide(exe, 'setup.exe')).toEqual({
      code: 'TYPE_NOT_ALLOWED',
      detail: 'The file is exe. Allowed: pdf, doc, docx, odt, rtf, txt, png, jpeg.',
    });
  });

  test('a program without an extension is refused', () => refused(exe, 'setup'));
  test('a zip is refused', () => refused(zipWithProgram, 'CV.zip'));
  test('a web page is refused', () => refused(textBytes('<html></html>'), 'CV.html'));
  test.each(['bat', 'cmd', 'js', 'vbs', 'ps1', 'sh', 'hta', 'svg'])('a script named .%s is refused', (extension) =>
    refused(textBytes('echo hello'), `CV.${extension}`),
  );
  test('an installer is refused', () => refused(compoundFile, 'CV.msi'));
  test('a Word document is refused where only PDF is allowed', () => refused(docx, 'CV.docx', 'pdf'));
  test('a picture is refused where only PDF is allowed', () => refused(png, 'CV.png', 'pdf'));
});

describe('any bytes', () => {
  test('a document that is cut anywhere is judged without an exception', async () => {
    for (const file of [pdf, docx, odt, rtf, png, jpeg, exe, oldWordDocument]) {
      for (let length = 1; length < file.length; length += 7) {
        const found = await decide(file.subarray(0, length), 'CV.docx');
        expect(typeof found === 'string' || found.code.startsWith('TYPE_')).toBe(true);
      }
    }
  });

  test('any bytes are judged without an exception, and only allowed types are accepted', async () => {
    const starts = fc.constantFrom(...[pdf, docx, odt, rtf, png, jpeg, exe, noise, new Uint8Array()]);
    const names = fc.constantFrom('CV', 'CV.pdf', 'CV.docx', 'CV.odt', 'CV.doc', 'CV.txt', 'frank.doe');
    await fc.assert(
      fc.asyncProperty(
        starts,
        fc.uint8Array({ minLength: 1, maxLength: 600 }),
        names,
        async (start, rest, filename) => {
          const found = await decide(Buffer.concat([start.subarray(0, 40), rest]), filename);
          const fine = typeof found === 'string' ? typesAllowed().has(found) : found.code.startsWith('TYPE_');
          expect(fine).toBe(true);
        },
      ),
    );
  });
});
