import { sizeText } from '../../../../lib/attachment/size-text.ts';
import type { AskAction, RowView } from '../server/view.ts';
import { element, setHidden, setText } from './element.ts';
import { otherActionsOf, stepsOf } from './row-actions.ts';
import { manners, progressText, sentenceOf } from './wording.ts';

/** A row on the page, with a function that updates it. */
export interface RowElement {
  readonly node: HTMLLIElement;
  readonly view: RowView;
  update(view: RowView): void;
}

const actionLabels: Partial<Record<AskAction, string>> = {
  status: 'Status',
  dryRun: 'Dry run',
  retry: 'Retry',
  resend: 'Resend',
  resolve: 'Resolve',
};

export const rowElement = (first: RowView, onAsk: (action: AskAction, view: RowView) => void): RowElement => {
  // Isolated, so that a right-to-left name does not reorder the size and the state next to it.
  const name = element('bdi', { class: 'name' });
  const size = element('span', { class: 'size' });
  const pill = element('span', { class: 'pill' });
  const target = element('bdi', { class: 'target-name' });
  const sentence = element('span', { class: 'sentence' });
  const bar = element('progress', { max: '1', value: '0' });
  const stops = element('span', { class: 'stops', 'aria-hidden': 'true' }, ...[1, 2, 3, 4].map(() => element('i')));
  const nextStepText = element('p', {});
  const steps = element('p', { class: 'row-buttons' });
  const nextStep = element('div', { class: 'next-step' }, nextStepText, steps);
  const facts = element('dl', { class: 'facts' });
  const others = element('p', { class: 'row-buttons' });
  const more = element('div', { class: 'more' }, facts, others);

  /** Buttons are kept while their actions stay the same, because one of them may have the focus. */
  const showActions = (place: HTMLElement, actions: readonly AskAction[]): void => {
    if (place.dataset.actions === actions.join(' ')) return;
    place.dataset.actions = actions.join(' ');
    const buttons = actions.map((action) => {
      const button = element('button', { type: 'button', class: 'quiet' }, actionLabels[action] ?? action);
      button.addEventListener('click', () => onAsk(action, current));
      return button;
    });
    place.replaceChildren(...buttons);
  };
  const summary = element(
    'summary',
    {},
    element('span', { class: 'line first' }, name, size, target, pill),
    element('span', { class: 'line second' }, stops, sentence),
    bar,
  );
  const details = element('details', {}, summary, more);
  const node = element('li', {}, details, nextStep);
  let current = first;

  /** Updated only while the row is open and therefore visible. */
  const writeFacts = (): void => {
    if (!details.open) return;
    const { key, failure, warnings, attempt, event } = current;
    const lines: (readonly [string, string])[] = [['Key', key]];
    if (attempt > 0) lines.push(['Attempts', String(attempt)]);
    if (failure) lines.push(['Code', failure.code], ['Meaning', failure.meaning], ['Details', failure.detail]);
    // Otherwise it is already shown below the row.
    if (failure && nextStep.hidden) lines.push(['Next step', failure.nextStep]);
    for (const warning of warnings) lines.push(['Warning', warning]);
    if (event !== undefined) lines.push(['Event', event]);
    facts.replaceChildren(
      ...lines.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, element('bdi', {}, text))]),
    );
    showActions(others, otherActionsOf(current));
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
    setText(nextStepText, step);
    showActions(steps, stepsOf(view));
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
