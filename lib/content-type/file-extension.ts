/** A file name in two parts: `stem + dotExtension` is the full name. */
export interface NameParts {
  readonly stem: string;
  /** With its dot and as typed, for example ".PDF"; empty when there is none. */
  readonly dotExtension: string;
}

/** A short run of letters and digits: "Dr. Frank Doe" has no extension, and ".pdf" alone has no stem. */
const nameForm = /^(?<stem>.*)(?<dotExtension>\.[A-Za-z0-9]{1,10})$/su;

export const splitExtension = (filename: string): NameParts => {
  const { stem = filename, dotExtension = '' } = nameForm.exec(filename)?.groups ?? {};
  return { stem, dotExtension };
};

/**
 * Lower case, without the dot; empty when there is none. For "frank.doe" it is "doe", so it must not be logged as it
 * is.
 */
export const extensionOf = (filename: string): string => splitExtension(filename).dotExtension.slice(1).toLowerCase();
