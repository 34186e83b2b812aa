import type { AskAction, Question, Reply } from '../server/view.ts';
import { byId, setHidden, setText } from './element.ts';
import { type Answer, send } from './send.ts';

/** What the question is about: a row, a pause, or neither. */
export type Subject = Pick<Question, 'row' | 'integration' | 'code'> & { readonly about: string };

const titles = {
  check: ['Check the setup', false],
  counts: ['Count open files', false],
  status: ['Status', false],
  dryRun: ['Dry run: everything except sending', false],
  retry: ['Retry', true],
  resend: ['Resend: the ATS may then have the file twice', true],
  resolve: ['Resolve without sending', true],
  resume: ['Resume', true],
} as const satisfies Record<AskAction, readonly [title: string, changesSomething: boolean]>;

/**
 * Shows the event of an on-demand action and its answer. Actions that only read run immediately; those that change
 * something need a reason and a click.
 */
export const askDialog = (namesShown: () => boolean): ((action: AskAction, subject: Subject) => void) => {
  const dialog = byId('ask', HTMLDialogElement);
  const reason = byId('ask-reason', HTMLInputElement);
  const runButton = byId('ask-run', HTMLButtonElement);
  const event = byId('ask-event', HTMLPreElement);
  const closeButton = byId('ask-close', HTMLButtonElement);
  const answer = byId('ask-answer', HTMLPreElement);
  const message = byId('ask-message', HTMLParagraphElement);
  let turn = 0;
  /** An action that has succeeded is not sent again from the same dialog. */
  let done = false;
  let opener: Element | null = null;
  let openerRow: HTMLElement | null = null;
  let question: (Omit<Question, 'run' | 'names'> & { readonly changes: boolean }) | undefined;

  const show = async (run: boolean): Promise<void> => {
    if (!question) return;
    turn += 1;
    const mine = turn;
    const { changes, ...rest } = question;
    const given = changes ? { reason: reason.value.trim() } : {};
    if (run) {
      setHidden(byId('ask-answer-part', HTMLDivElement), false);
      setText(message, 'Waiting for the answer');
      setText(answer, '');
      setHidden(answer, true);
    }
    runButton.disabled = run || done;
    // The reason must not change after it has been sent.
    reason.readOnly = run || done;
    const reply = await send<Reply>('POST', '/ask', { ...rest, ...given, run, names: namesShown() });
    // The user has opened another question in the meantime.
    if (mine !== turn) return;
    done ||= run && isOk(reply);
    runButton.disabled = done;
    reason.readOnly = done;
    // A disabled button loses the focus.
    if (run && question.changes) (done ? closeButton : runButton).focus();
    if (reply.trouble !== undefined) {
      setHidden(byId('ask-answer-part', HTMLDivElement), false);
      setText(message, reply.trouble);
      return;
    }
    const { value } = reply;
    setText(event, JSON.stringify(value.event, null, 2));
    if (!run) return;
    setText(message, value.trouble ?? messageOf(value.answer));
    setHidden(answer, value.answer === undefined);
    setText(answer, value.answer === undefined ? '' : JSON.stringify(value.answer, null, 2));
  };

  reason.addEventListener('input', () => void show(false));
  byId('ask-form', HTMLFormElement).addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    void show(true);
  });
  closeButton.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    turn += 1;
    focusAfter(opener, openerRow);
  });
  byId('ask-copy', HTMLButtonElement).addEventListener('click', async ({ currentTarget }) => {
    if (!(currentTarget instanceof HTMLButtonElement)) return;
    const copied = await navigator.clipboard.writeText(event.textContent).then(
      () => true,
      () => false,
    );
    // Without clipboard permission, the text is selected instead.
    if (!copied) getSelection()?.selectAllChildren(event);
    setText(currentTarget, copied ? 'Copied' : 'Selected');
    setTimeout(() => setText(currentTarget, 'Copy'), 1_500);
  });

  return (action, { about, ...subject }) => {
    const [title, changes] = titles[action];
    question = { action, ...subject, changes };
    setText(byId('ask-dialog-title', HTMLHeadingElement), title);
    setText(byId('ask-about', HTMLParagraphElement), about);
    setHidden(byId('ask-reason-field', HTMLDivElement), !changes);
    reason.disabled = !changes;
    reason.value = '';
    done = false;
    setHidden(runButton, !changes);
    setHidden(byId('ask-answer-part', HTMLDivElement), true);
    setHidden(byId('ask-masked', HTMLParagraphElement), namesShown() || subject.row === undefined);
    setText(event, '');
    opener = document.activeElement;
    openerRow = opener?.closest('li') ?? null;
    dialog.showModal();
    void show(!changes);
  };
};

/**
 * Returns the focus to the element that opened the dialog. If that no longer exists, the row gets it, or the list of
 * deliveries.
 */
const focusAfter = (opener: Element | null, row: HTMLElement | null): void => {
  const summary = row?.isConnected ? row.querySelector('summary') : null;
  const places = [opener, summary, byId('deliveries', HTMLElement)];
  const place = places.find((each) => each instanceof HTMLElement && each !== document.body && each.checkVisibility());
  if (place instanceof HTMLElement) place.focus();
};

const isOk = (reply: Answer<Reply>): boolean => {
  const answer = reply.trouble === undefined ? reply.value.answer : undefined;
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true;
};

const messageOf = (answer: unknown): string =>
  typeof answer === 'object' && answer !== null && 'message' in answer ? String(answer.message) : '';
