/** The element of the page with this id. @throws when the HTML and the script do not fit together. */
export const byId = <T extends HTMLElement>(id: string, type: new () => T): T => {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no #${id}.`);
  return found;
};

type Child = Node | string;

/** A new element. Text goes in as text: names of files may look like HTML. */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/** Writes only what has changed: a browser lays out anew what was written, even with the same text. */
export const setText = (node: HTMLElement, text: string): void => {
  if (node.textContent !== text) node.textContent = text;
};

export const setHidden = (node: HTMLElement, hidden: boolean): void => {
  if (node.hidden !== hidden) node.hidden = hidden;
};
