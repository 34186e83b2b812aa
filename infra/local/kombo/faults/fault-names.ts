import { type CallKind, callKinds } from '../api/calls.ts';
import { catalogue } from './catalogue.ts';
import type { Fault } from './fault.ts';

/** A fault with its name and the call to which it applies. */
export interface NamedFault {
  readonly name: string;
  readonly fault: Fault;
  readonly on: CallKind;
}

/** A fault named by a candidate id; `times` undefined means every call. */
export interface FaultOfId extends NamedFault {
  readonly times: number | undefined;
}

const lookUp = (name: string): Fault | undefined => {
  for (const { parse } of catalogue) {
    const fault = parse(name);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/**
 * Parses a fault name. `silence-stored` applies to a POST; a prefix names another call: `list-silence` applies to the
 * listing of attachments, `integration-html-502` to the integration call. Error codes may be written with their dot
 * here.
 */
export const faultFromName = (written: string): NamedFault | undefined => {
  const name = written.replace('.', '--');
  const prefix = callKinds.find((kind) => name.startsWith(`${kind}-`));
  const fault = lookUp(prefix === undefined ? name : name.slice(prefix.length + 1));
  if (fault === undefined) return undefined;
  return { name, fault, on: prefix ?? usualCall(fault) };
};

/** A fault given as an object, for what names cannot express. */
export const unnamedFault = (fault: Fault): NamedFault => ({ name: fault.kind, fault, on: usualCall(fault) });

const usualCall = (fault: Fault): CallKind => (fault.kind === 'habit' ? 'list' : 'post');

const withCount = (part: string): FaultOfId | undefined => {
  const whole = faultFromName(part);
  if (whole !== undefined) return { ...whole, times: undefined };
  const [, name, count] = /^(.+)-(\d+)$/.exec(part) ?? [];
  const named = name === undefined ? undefined : faultFromName(name);
  return named && { ...named, times: Number(count) };
};

/**
 * The faults that a candidate or application id asks for: `fault-<name>` or `fault-<name>-<count>`, several joined by
 * `_and_`. A suffix after `_as_` makes ids with the same faults unique. An empty list means an ordinary id.
 * @returns `unknown` with the part that is not a fault name, so that a typo does not pass for a healthy candidate.
 */
export const faultsFromId = (id: string): readonly FaultOfId[] | { readonly unknown: string } => {
  if (!id.startsWith('fault-')) return [];
  const [named = ''] = id.slice('fault-'.length).split('_as_');
  const faults: FaultOfId[] = [];
  for (const part of named.split('_and_')) {
    const fault = withCount(part);
    if (fault === undefined) return { unknown: part };
    faults.push(fault);
  }
  return faults;
};
