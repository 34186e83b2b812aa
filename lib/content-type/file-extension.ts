/** A file name in two parts; `stem + dotExtension` is the name again. */
export interface NameParts {
  readonly stem: string;
  /** With its dot and as typed, for example ".PDF"; empty when there is none. */
  readonly dotExtension: string;
}

/** Short, letters and digits only: "Dr. Frank Doe" has no extension, and a name that is only ".pdf" has no stem. */
const nameForm = /^(?<stem>.*)(?<dotExtension>\.[A-Za-z0-9]{1,10})$/su;

export const splitExtension = (filename: string): NameParts => {
  const { stem = filename, dotExtension = '' } = nameForm.exec(filename)?.groups ?? {};
  return { stem, dotExtension };
};

/** Lower case, without the dot; empty when there is none. Of "frank.doe" it is "doe": not fit for a log as it is. */
export const extensionOf = (filename: string): string => splitExtension(filename).dotExtension.slice(1).toLowerCase();
