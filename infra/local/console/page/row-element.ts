import { sizeText } from '../../../../lib/attachment/size-text.ts';
import type { AskAction, RowView } from '../server/view.ts';
import { element, setHidden, setText } from './element.ts';
import { manners, progressText, sentenceOf } from './wording.ts';

/** A row on the page, and how to bring it up to date. */
export interface RowElement {
  readonly node: HTMLLIElement;
  readonly view: RowView;
  update(view: RowView): void;
}

const actionLabels = { status: 'Status', dryRun: 'Dry run', retry: 'Retry' } as const satisfies Partial<
  Record<AskAction, string>
>;

/** On-demand actions need a ledger record; uploads without one have a temporary id. */
const askable = (view: RowView): boolean => !view.id.startsWith('up-');

/** States from which an operator can retry; from others a retry is refused. */
const retryable = ({ state }: RowView): boolean =>
  state === 'held' || state === 'rejected' || state === 'waiting' || state === 'unknown';

export const rowElement = (first: RowView, onAsk: (action: AskAction, view: RowView) => void): RowElement => {
  // Isolated: a name that reads from right to left must not reorder the size and the state beside it.
  const name = element('bdi', { class: 'name' });
  const size = element('span', { class: 'size' });
  const pill = element('span', { class: 'pill' });
  const target = element('bdi', { class: 'target-name' });
  const sentence = element('span', { class: 'sentence' });
  const bar = element('progress', { max: '1', value: '0' });
  const stops = element('span', { class: 'stops', 'aria-hidden': 'true' }, ...[1, 2, 3, 4].map(() => element('i')));
  const nextStep = element('p', { class: 'next-step' });
  const facts = element('dl', { class: 'facts' });
  const buttons = Object.fromEntries(
    Object.entries(actionLabels).map(([action, label]) => {
      const button = element('button', { type: 'button', class: 'quiet' }, label);
      button.addEventListener('click', () => onAsk(action as AskAction, current));
      return [action, button];
    }),
  );
  const more = element(
    'div',
    { class: 'more' },
    facts,
    element('p', { class: 'row-buttons' }, ...Object.values(buttons)),
  );
  const summary = element(
    'summary',
    {},
    element('span', { class: 'line' }, name, size, pill),
    element('span', { class: 'line second' }, stops, target, sentence),
    bar,
  );
  const details = element('details', {}, summary, more);
  const node = element('li', {}, details, nextStep);
  let current = first;

  /** Written only while the row is open, because only then it is visible. */
  const writeFacts = (): void => {
    if (!details.open) return;
    const { key, failure, warnings, attempt, event } = current;
    const lines: (readonly [string, string])[] = [['Key', key]];
    if (attempt > 0) lines.push(['Attempts', String(attempt)]);
    if (failure)
      lines.push(
        ['Code', failure.code],
        ['Meaning', failure.meaning],
        ['Particulars', failure.detail],
        ['Next step', failure.nextStep],
      );
    for (const warning of warnings) lines.push(['Warning', warning]);
    if (event !== undefined) lines.push(['Event', event]);
    facts.replaceChildren(
      ...lines.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, element('bdi', {}, text))]),
    );
    setHidden(buttons.retry ?? node, !retryable(current));
    for (const button of Object.values(buttons)) if (!askable(current)) setHidden(button, true);
  };
  details.addEventListener('toggle', writeFacts);

  const update = (view: RowView): void => {
    current = view;
    const { label, tone, group, stops: passed } = manners[view.state];
    node.dataset.state = view.state;
    node.dataset.tone = tone;
    node.dataset.group = group;
    node.dataset.id = view.id;
    setText(name, view.name);
    setText(size, view.sizeBytes === undefined ? '' : sizeText(view.sizeBytes));
    setText(pill, label);
    setText(target, view.target ?? '');
    setText(sentence, sentenceOf(view));
    stops.dataset.passed = String(passed);
    const { progress } = view;
    const share = progress && progress.totalBytes > 0 ? progress.doneBytes / progress.totalBytes : 0;
    bar.classList.toggle('idle', !progress);
    bar.value = share;
    bar.ariaLabel = progress ? `${label}: ${progressText(view)}` : label;
    bar.ariaHidden = progress ? null : 'true';
    const step = tone === 'bad' ? (view.failure?.nextStep ?? '') : '';
    setText(nextStep, step);
    setHidden(nextStep, step === '');
    writeFacts();
  };
  update(first);
  return {
    node,
    get view() {
      return current;
    },
    update,
  };
};
