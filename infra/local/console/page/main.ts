import { announcer } from './announcer.ts';
import { askDialog } from './ask-dialog.ts';
import { dropZone } from './drop-zone.ts';
import { byId } from './element.ts';
import { faultList } from './fault-list.ts';
import { listen } from './live.ts';
import { notices } from './notices.ts';
import { pauseList } from './pause-list.ts';
import { rowList } from './row-list.ts';
import { storedList } from './stored-list.ts';
import { uploader } from './uploader.ts';

const mask = byId('mask', HTMLInputElement);
mask.role = 'switch';
/** Names are shown by default, because the people of a local stack are invented. */
const namesShown = () => !mask.checked;

const notice = notices(namesShown);
const ask = askDialog(namesShown);
const zone = dropZone(uploader(notice), notice);
const rows = rowList(
  (action, { id, name, target }) => ask(action, { row: id, about: target === undefined ? name : `${name}, ${target}` }),
  announcer(),
);
const stored = storedList();
const faults = faultList(notice);
const pauses = pauseList(({ integration, code }) =>
  ask('resume', { integration, code, about: `${integration}, paused for ${code}` }),
);

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-ask]')) {
  const action = button.dataset.ask === 'counts' ? 'counts' : 'check';
  button.addEventListener('click', () => ask(action, { about: '' }));
}

const live = listen({
  hello: zone.greet,
  rows: rows.apply,
  storedFiles: stored.apply,
  faults: faults.apply,
  pauses: pauses.apply,
});
mask.addEventListener('change', () => live.reopen(namesShown()));
live.reopen(namesShown());
