import type { AskAction, Question, Reply } from '../server/view.ts';
import { byId, setHidden, setText } from './element.ts';
import { send } from './send.ts';

/** The subject of the question: a row, a pause, or neither. */
export type Subject = Pick<Question, 'row' | 'integration' | 'code'> & { readonly about: string };

const titles = {
  check: ['Check the setup', false],
  counts: ['Count what is open', false],
  status: ['Status', false],
  dryRun: ['Dry run: everything but the sending', false],
  retry: ['Retry', true],
  resend: ['Resend: the ATS may then hold it twice', true],
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
  const answer = byId('ask-answer', HTMLPreElement);
  const message = byId('ask-message', HTMLParagraphElement);
  let turn = 0;
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
    runButton.disabled = run;
    const reply = await send<Reply>('POST', '/ask', { ...rest, ...given, run, names: namesShown() });
    // The operator has opened another question meanwhile.
    if (mine !== turn) return;
    runButton.disabled = false;
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
  byId('ask-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  byId('ask-copy', HTMLButtonElement).addEventListener('click', async ({ currentTarget }) => {
    if (!(currentTarget instanceof HTMLButtonElement)) return;
    const copied = await navigator.clipboard.writeText(event.textContent).then(
      () => true,
      () => false,
    );
    // Without permission for the clipboard, the text is selected instead.
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
    reason.value = 'The cause is fixed.';
    setHidden(runButton, !changes);
    setHidden(byId('ask-answer-part', HTMLDivElement), true);
    setHidden(byId('ask-masked', HTMLParagraphElement), namesShown() || subject.row === undefined);
    setText(event, '');
    dialog.showModal();
    void show(!changes);
  };
};

const messageOf = (answer: unknown): string =>
  typeof answer === 'object' && answer !== null && 'message' in answer ? String(answer.message) : '';
