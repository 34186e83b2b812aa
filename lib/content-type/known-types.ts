/** Families of documents that are zip files; `zip-document.ts` has the names of their entries. */
export type ZipForm = 'openXml' | 'openDocument' | 'iWork';

/**
 * How to recognise a type by its bytes. signature: the first bytes identify the type. A ZipForm, cfb: they identify a
 * container that several types share. text: they are text.
 */
export type Form = 'signature' | ZipForm | 'cfb' | 'text';

interface KnownType {
  /** Lower case, the most common one first. */
  readonly extensions: readonly string[];
  readonly form: Form;
}

/**
 * The types that occur among CVs, and types that must be refused. Those that are not allowed by default are listed so
 * that messages can name them and ALLOWED_TYPES can allow them. Without its entry, a script would pass as plain text.
 */
const knownTypes: ReadonlyMap<string, KnownType> = new Map(
  Object.entries<KnownType>({
    'application/pdf': { extensions: ['pdf'], form: 'signature' },
    'application/msword': { extensions: ['doc'], form: 'cfb' },
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': {
      extensions: ['docx'],
      form: 'openXml',
    },
    'application/vnd.oasis.opendocument.text': { extensions: ['odt'], form: 'openDocument' },
    'application/rtf': { extensions: ['rtf'], form: 'signature' },
    'text/plain': { extensions: ['txt'], form: 'text' },
    'image/png': { extensions: ['png'], form: 'signature' },
    'image/jpeg': { extensions: ['jpeg', 'jpg'], form: 'signature' },

    'application/vnd.ms-word.document.macroenabled.12': { extensions: ['docm'], form: 'openXml' },
    'application/vnd.ms-excel': { extensions: ['xls'], form: 'cfb' },
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { extensions: ['xlsx'], form: 'openXml' },
    'application/vnd.oasis.opendocument.spreadsheet': { extensions: ['ods'], form: 'openDocument' },
    'application/vnd.ms-powerpoint': { extensions: ['ppt'], form: 'cfb' },
    'application/vnd.openxmlformats-officedocument.presentationml.presentation': {
      extensions: ['pptx'],
      form: 'openXml',
    },
    'application/vnd.oasis.opendocument.presentation': { extensions: ['odp'], form: 'openDocument' },
    'application/vnd.apple.pages': { extensions: ['pages'], form: 'iWork' },
    'application/vnd.ms-outlook': { extensions: ['msg'], form: 'cfb' },
    'image/gif': { extensions: ['gif'], form: 'signature' },
    'image/webp': { extensions: ['webp'], form: 'signature' },
    'image/tiff': { extensions: ['tiff', 'tif'], form: 'signature' },
    'image/bmp': { extensions: ['bmp'], form: 'signature' },
    'image/heic': { extensions: ['heic', 'heif'], form: 'signature' },
    'application/zip': { extensions: ['zip'], form: 'signature' },
    'application/gzip': { extensions: ['gz'], form: 'signature' },
    'application/x-7z-compressed': { extensions: ['7z'], form: 'signature' },
    'application/x-rar-compressed': { extensions: ['rar'], form: 'signature' },

    'text/html': { extensions: ['html', 'htm'], form: 'text' },
    'text/csv': { extensions: ['csv'], form: 'text' },
    'text/markdown': { extensions: ['md'], form: 'text' },
    'application/json': { extensions: ['json'], form: 'text' },
    'application/xml': { extensions: ['xml'], form: 'text' },
    'image/svg+xml': { extensions: ['svg'], form: 'text' },
    'message/rfc822': { extensions: ['eml'], form: 'text' },

    'application/x-msdownload': { extensions: ['exe', 'dll', 'scr', 'com'], form: 'signature' },
    'application/x-msi': { extensions: ['msi'], form: 'cfb' },
    'application/x-ms-shortcut': { extensions: ['lnk'], form: 'signature' },
    'application/java-archive': { extensions: ['jar'], form: 'signature' },
    'application/vnd.android.package-archive': { extensions: ['apk'], form: 'signature' },
    'text/javascript': { extensions: ['js'], form: 'text' },
    'text/vbscript': { extensions: ['vbs'], form: 'text' },
    'application/hta': { extensions: ['hta'], form: 'text' },
    'application/x-bat': { extensions: ['bat', 'cmd'], form: 'text' },
    'application/x-powershell': { extensions: ['ps1'], form: 'text' },
    'application/x-sh': { extensions: ['sh'], form: 'text' },
  }),
);

const typesByExtension: ReadonlyMap<string, string> = new Map(
  [...knownTypes].flatMap(([type, { extensions }]) => extensions.map((extension) => [extension, type] as const)),
);

/** Other names for the same types, as used by browsers, upload tools and the sniffing library. */
const canonicalNames: ReadonlyMap<string, string> = new Map([
  ['application/x-pdf', 'application/pdf'],
  ['application/doc', 'application/msword'],
  ['application/x-msword', 'application/msword'],
  ['application/vnd.msword', 'application/msword'],
  ['application/x-rtf', 'application/rtf'],
  ['text/rtf', 'application/rtf'],
  ['image/x-png', 'image/png'],
  ['image/apng', 'image/png'],
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/heif', 'image/heic'],
  ['text/xml', 'application/xml'],
  ['application/x-zip-compressed', 'application/zip'],
]);

/** The canonical form of a MIME type: without parameters, in lower case, under the name that this project uses. */
export const canonicalType = (type: string): string => {
  const bare = (type.split(';')[0] ?? '').trim().toLowerCase();
  return canonicalNames.get(bare) ?? bare;
};

/** The type of an extension (lower case, no dot). */
export const typeOfExtension = (extension: string): string | undefined => typesByExtension.get(extension);

/** The usual extension (no dot) of a type. */
export const extensionOfType = (type: string): string | undefined => knownTypes.get(type)?.extensions[0];

export const formOf = (type: string | undefined): Form | undefined =>
  type === undefined ? undefined : knownTypes.get(type)?.form;

/** For the documentation page that lists them. */
export const listKnownTypes = (): readonly { readonly mimeType: string; readonly extensions: readonly string[] }[] =>
  [...knownTypes].map(([mimeType, { extensions }]) => ({ mimeType, extensions }));

export const isKnownExtension = (extension: string): boolean => typesByExtension.has(extension);
