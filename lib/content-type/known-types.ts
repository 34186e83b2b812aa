/**
 * How the bytes of a type show what they are.
 * signature: the first bytes name the type. zip, cfb: they name a container that many types share. text: they are text.
 */
export type Form = 'signature' | 'zip' | 'cfb' | 'text';

interface KnownType {
  /** Lower case, the usual one first. */
  readonly extensions: readonly string[];
  readonly form: Form;
}

/**
 * The types that turn up among CVs, and those that must not. Only the first eight are allowed unless ALLOWED_TYPES says
 * otherwise; the others are known so that they can be allowed, or refused, by their right name. Without an entry a
 * script would pass as plain text.
 */
const knownTypes: ReadonlyMap<string, KnownType> = new Map(
  Object.entries<KnownType>({
    'application/pdf': { extensions: ['pdf'], form: 'signature' },
    'application/msword': { extensions: ['doc'], form: 'cfb' },
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': { extensions: ['docx'], form: 'zip' },
    'application/vnd.oasis.opendocument.text': { extensions: ['odt'], form: 'zip' },
    'application/rtf': { extensions: ['rtf'], form: 'signature' },
    'text/plain': { extensions: ['txt'], form: 'text' },
    'image/png': { extensions: ['png'], form: 'signature' },
    'image/jpeg': { extensions: ['jpeg', 'jpg'], form: 'signature' },

    'application/vnd.ms-word.document.macroenabled.12': { extensions: ['docm'], form: 'zip' },
    'application/vnd.ms-excel': { extensions: ['xls'], form: 'cfb' },
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { extensions: ['xlsx'], form: 'zip' },
    'application/vnd.oasis.opendocument.spreadsheet': { extensions: ['ods'], form: 'zip' },
    'application/vnd.ms-powerpoint': { extensions: ['ppt'], form: 'cfb' },
    'application/vnd.openxmlformats-officedocument.presentationml.presentation': { extensions: ['pptx'], form: 'zip' },
    'application/vnd.oasis.opendocument.presentation': { extensions: ['odp'], form: 'zip' },
    'application/vnd.apple.pages': { extensions: ['pages'], form: 'zip' },
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

/** Other names of the same types, as browsers, upload tools and the sniffing library write them. */
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

/** A media type without its parameters, in lower case, under the name that this project uses for it. */
export const canonicalType = (type: string): string => {
  const bare = (type.split(';')[0] ?? '').trim().toLowerCase();
  return canonicalNames.get(bare) ?? bare;
};

/** The type of an extension (lower case, no dot). */
export const typeOfExtension = (extension: string): string | undefined => typesByExtension.get(extension);

/** The usual extension (no dot) of a type. */
export const extensionOfType = (type: string): string | undefined => knownTypes.get(type)?.extensions[0];

/** Undefined for a type that is not in the table. */
export const formOf = (type: string): Form | undefined => knownTypes.get(type)?.form;

/** For a page that lists them. */
export const listKnownTypes = (): readonly { readonly mimeType: string; readonly extensions: readonly string[] }[] =>
  [...knownTypes].map(([mimeType, { extensions }]) => ({ mimeType, extensions }));

export const isKnownExtension = (extension: string): boolean => typesByExtension.has(extension);
