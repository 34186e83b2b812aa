import type { Look } from '../ledger/record.ts';
import { lessonLifetimeMs } from '../limits.ts';
import { knowledgeOf, type Tool, type ToolGroup } from './learn-tool.ts';

/** What a check of the target showed, as a sentence for an operator. */
export const lookSentence = ({ at, listed, different, notCompared, problem }: Look): string => {
  const time = new Date(at).toISOString();
  if (listed === 0) return [`At ${time} no files were listed.`, ...(problem ? [problem] : [])].join(' ');
  const files = `${listed} file${listed === 1 ? '' : 's'}`;
  const sentence = `At ${time} the target listed ${files}: ${different} with different bytes, ${notCompared} not compared.`;
  return problem === undefined ? sentence : `${sentence} ${problem}`;
};

/** What is known about the tool behind an integration, one sentence per kind of target and content type. */
export const toolSentences = (tool: Tool, now: number): readonly string[] =>
  tool.length === 0
    ? [
        'Nothing is known about this tool yet. That changes with the next attached files: 15 minutes later their targets are listed and the bytes compared.',
      ]
    : tool.map((group) => groupSentence(tool, group, now));

const groupSentence = (tool: Tool, group: ToolGroup, now: number): string => {
  const { kind, contentType, samples, lessons } = group;
  const files = `${contentType} files of ${kind}s`;
  const { lists, keepsBytes } = knowledgeOf(tool, group, now);
  const waiting = samples.length === 0 ? '' : ` Files still to be compared: ${samples.length}.`;
  if (!lists) return `It is not known whether this tool lists ${files}.${waiting}`;
  const until = new Date(Math.max(...lessons.map(({ at }) => at)) + lessonLifetimeMs).toISOString();
  const keeps =
    keepsBytes > 0
      ? `stores them unchanged up to ${keepsBytes} bytes`
      : 'may change them: an unchanged file was found at one target only';
  return `This tool lists ${files}, and ${keeps} (valid until ${until}).${waiting}`;
};
