import type { Look } from '../ledger/record.ts';
import { lessonLifetimeMs } from '../limits.ts';
import { knowledgeOf, type Tool, type ToolGroup } from './learn-tool.ts';

/** What a look at the target showed, as an operator reads it. */
export const lookSentence = ({ at, listed, different, notCompared, problem }: Look): string => {
  const time = new Date(at).toISOString();
  if (listed === 0) return [`At ${time} no file of the target was listed.`, ...(problem ? [problem] : [])].join(' ');
  const files = `${listed} file${listed === 1 ? '' : 's'}`;
  const sentence = `At ${time} the target listed ${files}: ${different} with other bytes, ${notCompared} not compared.`;
  return problem === undefined ? sentence : `${sentence} ${problem}`;
};

/** What is known of the tool behind an integration, one sentence for each kind of target and content type. */
export const toolSentences = (tool: Tool, now: number): readonly string[] =>
  tool.length === 0
    ? [
        'Nothing is known of this tool yet. The next files that Kombo attaches will teach it: 15 minutes later their targets are listed and the bytes compared.',
      ]
    : tool.map((group) => groupSentence(tool, group, now));

const groupSentence = (tool: Tool, group: ToolGroup, now: number): string => {
  const { kind, contentType, samples, lessons } = group;
  const files = `${contentType} files of ${kind}s`;
  const { lists, keepsBytes } = knowledgeOf(tool, group, now);
  const waiting = samples.length === 0 ? '' : ` Files that wait to be compared: ${samples.length}.`;
  if (!lists) return `It is not known whether this tool lists ${files}.${waiting}`;
  const until = new Date(Math.max(...lessons.map(({ at }) => at)) + lessonLifetimeMs).toISOString();
  const keeps =
    keepsBytes > 0
      ? `keeps them byte for byte up to ${keepsBytes} bytes`
      : 'may change them: unchanged files were found at one target only';
  return `This tool lists ${files}, and ${keeps} (known until ${until}).${waiting}`;
};
