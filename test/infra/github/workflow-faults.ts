import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { at, isObject, type JsonObject, list, text } from '../../../lib/json.ts';

/** What a workflow may refer to: the repository that contains it. */
const root = path.join(import.meta.dirname, '../../..');
const npmScripts: JsonObject = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).scripts;

/** Contexts of GitHub Actions that these workflows may use. `secrets` is not among them: none is needed. */
const contexts = ['github', 'inputs', 'vars', 'needs', 'steps', 'runner'] as const;
/** Fields of `github` that an outsider cannot choose. */
const trustedFields = ['github.ref', 'github.repository', 'github.event_name', 'github.token', 'github.run_id'];
/** Functions and literals of expressions. */
const words = new Set(['failure', 'success', 'always', 'cancelled', 'true', 'false', 'null', 'format', 'contains']);

/**
 * Every rule that a workflow breaks, as sentences: pinned actions, least rights, a timeout, scripts that bash can parse, and no
 * text of an outsider in a script. It runs without network; actionlint, where it can be installed, checks the rest of the syntax.
 */
export const workflowFaults = (source: string): readonly string[] => {
  const document = parseDocument(source);
  if (document.errors.length > 0) return document.errors.map(({ message }) => `It is not YAML: ${message}`);
  const workflow: unknown = document.toJS();
  if (!isObject(workflow)) return ['It is empty.'];
  const jobs = isObject(workflow.jobs) ? Object.entries(workflow.jobs) : [];
  return [
    ...(text(workflow.name) === undefined ? ['It has no name.'] : []),
    ...triggerFaults(workflow.on),
    ...(isObject(workflow.permissions) && Object.keys(workflow.permissions).length === 0
      ? []
      : ["The workflow's own permissions must be {}: each job names its rights."]),
    ...(text(at(workflow, 'concurrency', 'group')) === undefined ? ['It has no concurrency group.'] : []),
    ...(jobs.length === 0 ? ['It has no jobs.'] : jobs.flatMap(([name, job]) => jobFaults(name, job, jobs))),
    ...pinFaults(source),
    ...expressionFaults(source),
  ];
};

/** Triggers that run an outsider's code with the rights of this repository. */
const dangerous = ['pull_request_target', 'workflow_run', 'issue_comment', 'issues'];

const triggerFaults = (on: unknown): readonly string[] => {
  const names =
    typeof on === 'string' ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(isObject(on) ? on : {});
  if (names.length === 0) return ['Nothing starts it.'];
  return names.filter((name) => dangerous.includes(name)).map((name) => `${name} gives its rights to an outsider.`);
};

const jobFaults = (name: string, job: unknown, all: readonly (readonly [string, unknown])[]): readonly string[] => {
  if (!isObject(job)) return [`${name}: it is empty.`];
  const needs = [job.needs ?? []].flat().map(String);
  const unknown = needs.filter((need) => !all.some(([other]) => other === need));
  const runner = text(job['runs-on']) ?? '';
  return [
    ...(isObject(job.permissions) ? [] : [`${name}: it names no permissions.`]),
    ...(Number.isInteger(job['timeout-minutes']) ? [] : [`${name}: it has no timeout-minutes.`]),
    ...(/-\d/.test(runner) ? [] : [`${name}: runs-on must name a version, not "${runner}".`]),
    ...unknown.map((need) => `${name}: it needs ${need}, which is not a job.`),
    ...(list(job.steps) ?? []).flatMap((step) => stepFaults(name, step)),
  ];
};

const stepFaults = (job: string, step: unknown): readonly string[] => {
  const script = text(at(step, 'run'));
  const uses = text(at(step, 'uses'));
  if (uses?.startsWith('actions/checkout@') && at(step, 'with', 'persist-credentials') !== false) {
    return [`${job}: checkout leaves its token to every later step; set persist-credentials: false.`];
  }
  return script === undefined ? [] : scriptFaults(script).map((fault) => `${job}: ${fault}`);
};

const scriptFaults = (script: string): readonly string[] => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
  const called = [...script.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
  const files = [...script.matchAll(/(?:^|\s)(\.\/?[\w-]+\/[\w./-]+)/gm)].map(([, file = '']) => file);
  return [
    ...(status === 0 ? [] : [`bash cannot read a script: ${stderr.trim()}`]),
    // Any value with a quote in it would become code of the shell; a variable from env does not.
    ...(script.includes('${{') ? ['an expression is pasted into a script; pass it through env.'] : []),
    ...called.filter((name) => !(name in npmScripts)).map((name) => `package.json has no script ${name}.`),
    ...files.filter((file) => !existsSync(path.join(root, file))).map((file) => `there is no file ${file}.`),
  ];
};

const pinFaults = (source: string): readonly string[] =>
  source.split('\n').flatMap((line) => {
    const [, uses] = /^\s*(?:- )?uses:\s*(.*)$/.exec(line) ?? [];
    if (uses === undefined || /^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses)) return [];
    return [`"${uses}" is not pinned to a whole commit with its version as a comment.`];
  });

const expressionFaults = (source: string): readonly string[] => {
  const document = source.split('\n').filter((line) => !/^\s*#/.test(line));
  const inBraces = document.flatMap((line) => [...line.matchAll(/\$\{\{(.*?)\}\}/g)].map(([, inside = '']) => inside));
  const conditions = document.flatMap((line) =>
    [...line.matchAll(/^\s*(?:- )?if:\s*(.*)$/g)].map(([, inside = '']) => inside),
  );
  return [...inBraces, ...conditions].flatMap(namesFaults);
};

const namesFaults = (expression: string): readonly string[] => {
  const names = expression.replaceAll(/'[^']*'/g, '').match(/[A-Za-z_][\w.-]*/g) ?? [];
  return names.flatMap((name) => {
    const [context = ''] = name.split('.');
    if (words.has(name)) return [];
    if (context === 'github') {
      return trustedFields.includes(name) ? [] : [`"${name}" is not among the fields that an outsider cannot choose.`];
    }
    return (contexts as readonly string[]).includes(context) && name.includes('.')
      ? []
      : [`"${name}" is in no context that these workflows may use.`];
  });
};

/** The actions that a workflow uses, each with its commit. */
export const pinsIn = (source: string): readonly (readonly [action: string, commit: string])[] =>
  [...source.matchAll(/uses: ([\w./-]+)@(\S+)/g)].map(([, action = '', commit = '']) => [action, commit]);
