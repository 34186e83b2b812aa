import type { Hello } from '../server/view.ts';
import { filesOfDrop, filesOfInput } from './dropped-files.ts';
import { byId, element, setText } from './element.ts';
import type { Place } from './uploader.ts';

/** The box for files, its two buttons, and the choice of the target. */
export const dropZone = (
  onFiles: (files: readonly File[], place: Place) => void,
  onTrouble: (sentence: string) => void,
): { greet(hello: Hello): void } => {
  const drop = byId('drop', HTMLDivElement);
  const id = byId('target-id', HTMLInputElement);
  const kinds = [...document.querySelectorAll<HTMLInputElement>('input[name=kind]')];
  let targets: Hello['targets'] = [];

  const kind = () => kinds.find(({ checked }) => checked)?.value ?? 'candidate';

  const chosenPlace = (): Place | undefined => {
    id.value = id.value.trim();
    if (id.checkValidity()) return { kind: kind(), id: id.value };
    // Not reportValidity: its bubble says less than our sentence, and covers the buttons.
    id.focus();
    onTrouble(`The ${kind()} id must be 1 to 64 letters, digits, "-" or "_".`);
    return undefined;
  };

  const take = (files: readonly File[], place: Place | undefined): void => {
    if (!place) return;
    if (files.length === 0) onTrouble('It contains no files.');
    else onFiles(files, place);
  };

  const describe = (): void => {
    const label = kind() === 'application' ? 'Application id' : 'Candidate id';
    setText(byId('target-label', HTMLLabelElement), label);
    const form = targets.find((target) => target.kind === kind())?.keyForm;
    const text = form === undefined ? `KEY_TEMPLATES has no template for ${kind()}s.` : `Goes to ${form}`;
    // On a narrow page, the line may wrap after a slash.
    const parts = text.split('/').flatMap((part, index) => (index === 0 ? [part] : ['/', element('wbr'), part]));
    byId('key-form', HTMLParagraphElement).replaceChildren(...parts);
  };
  for (const each of kinds) each.addEventListener('change', describe);

  for (const [buttonId, inputId] of [
    ['choose-files', 'files'],
    ['choose-folder', 'folder'],
  ] as const) {
    const input = byId(inputId, HTMLInputElement);
    byId(buttonId, HTMLButtonElement).addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      take(filesOfInput(input), chosenPlace());
      // Allows the same file to be chosen again.
      input.value = '';
    });
  }

  /** Files dropped on a target in the list of stored files are sent to that target. */
  const placeUnder = (event: DragEvent): HTMLElement => {
    const under = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-target]') : null;
    return under ?? drop;
  };
  let lit: HTMLElement | undefined;
  const light = (place: HTMLElement | undefined): void => {
    if (lit === place) return;
    lit?.classList.remove('over');
    place?.classList.add('over');
    lit = place;
  };
  // The whole page accepts files: otherwise, a file dropped beside the box would replace the page.
  document.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    light(placeUnder(event));
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) light(undefined);
  });
  document.addEventListener('drop', async (event) => {
    light(undefined);
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const [groupKind, groupId] = placeUnder(event).dataset.target?.split('/') ?? [];
    const files = filesOfDrop(event.dataTransfer);
    const place = groupKind !== undefined && groupId !== undefined ? { kind: groupKind, id: groupId } : chosenPlace();
    try {
      take(await files, place);
    } catch {
      onTrouble('The folder could not be read.');
    }
  });

  return {
    greet(hello) {
      targets = hello.targets;
      if (id.value === '') id.value = hello.sampleId;
      describe();
    },
  };
};
