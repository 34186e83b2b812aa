/** Files that operating systems create in folders. */
const isClutter = (name: string): boolean => name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini';

const filesOfEntry = async (entry: FileSystemEntry): Promise<readonly File[]> => {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [file];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const files: File[] = [];
  for (;;) {
    // Browsers give at most 100 at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return files;
    for (const each of some) if (!isClutter(each.name)) files.push(...(await filesOfEntry(each)));
  }
};

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/**
 * All files of a drop, including those in folders. It must be called during the event, because the browser empties the
 * list afterwards.
 */
export const filesOfDrop = (transfer: DataTransfer): Promise<readonly File[]> => {
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return Promise.resolve(plain);
  return Promise.all(entries.map((entry) => (entry ? filesOfEntry(entry) : []))).then((lists) => lists.flat());
};

/** The files of an input, without the operating system's files in a chosen folder. */
export const filesOfInput = (input: HTMLInputElement): readonly File[] => {
  const files = [...(input.files ?? [])];
  return input.webkitdirectory ? files.filter(({ name }) => !isClutter(name)) : files;
};

export interface NamedFile {
  readonly file: File;
  /** Unique among the files of one drop: otherwise, two files with the same key would overwrite each other. */
  readonly name: string;
}

export const nameDistinctly = (files: readonly File[]): readonly NamedFile[] => {
  const taken = new Set<string>();
  return files.map((file) => {
    const dot = file.name.lastIndexOf('.');
    const [stem, extension] = dot > 0 ? [file.name.slice(0, dot), file.name.slice(dot)] : [file.name, ''];
    let name = file.name;
    for (let copy = 2; taken.has(name); copy += 1) name = `${stem} (${copy})${extension}`;
    taken.add(name);
    return { file, name };
  });
};
