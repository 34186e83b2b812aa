import type { Call, CallKind, TargetRef } from '../api/calls.ts';
import { type BendingFault, type DecisiveFault, type Fault, isDecisive } from './fault.ts';
import { type FaultOfId, faultFromName, faultsFromId, unnamedFault } from './fault-names.ts';

/** The calls to which a fault applies. A field that is left out fits all: no target means every candidate and application. */
export interface FaultScope {
  /** Default: the call in the fault's name. */
  readonly on?: readonly CallKind[];
  readonly target?: TargetRef;
  readonly integrationId?: string;
  /** To how many calls it applies; until cleared when left out. */
  readonly times?: number;
  /** Wait before the fault becomes visible. */
  readonly delayMs?: number;
  /** Added to the headers of the answer, for example `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ArmedFault extends FaultScope {
  readonly id: string;
  readonly name: string;
  readonly fault: Fault;
  readonly on: readonly CallKind[];
  /** Number of calls to which it will still apply; undefined means until cleared. */
  readonly remaining: number | undefined;
}

/** The faults that apply to one call. */
export interface FaultPlan {
  /** For the request log. */
  readonly names: readonly string[];
  readonly decisive: DecisiveFault | undefined;
  readonly bending: readonly BendingFault[];
  readonly delayMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ArmedFaults {
  /**
   * @param fault a name of the fault table, or a fault itself for what names cannot say.
   * @throws {RangeError} when the name is not in the table, and for a habit on another call than the listing.
   */
  arm(fault: string | Fault, scope?: FaultScope): ArmedFault;
  list(): readonly ArmedFault[];
  /** Ends one fault, or all of them with the counts of ids. */
  clear(id?: string): void;
  /** The faults that apply to this call; counts them as used. */
  take(call: Call, integrationId: string | undefined): FaultPlan;
}

interface Counted {
  readonly name: string;
  readonly fault: Fault;
  readonly on: readonly CallKind[];
  readonly scope: FaultScope;
  remaining: number | undefined;
}

export const createArmedFaults = (): ArmedFaults => {
  const armed = new Map<string, Counted>();
  const countedIds = new Map<string, readonly Counted[]>();
  let lastNumber = 0;

  const describe = (id: string, { name, fault, on, scope, remaining }: Counted): ArmedFault => ({
    ...scope,
    id,
    name,
    fault,
    on,
    remaining,
  });

  /** Each id has counts of its own: each candidate called `fault-html-502-1` gets one HTML page. */
  const faultsOfId = (call: Call): readonly Counted[] => {
    if (call.kind !== 'post' && call.kind !== 'list') return [];
    const key = `${call.target.kind}/${call.target.id}`;
    const known = countedIds.get(key);
    if (known !== undefined) return known;
    const parsed = faultsFromId(call.target.id);
    const fresh = 'unknown' in parsed ? [unknownFault(parsed.unknown)] : parsed.map(startCount);
    if (fresh.length > 0) countedIds.set(key, fresh);
    return fresh;
  };

  return {
    arm(fault, scope = {}) {
      const named = typeof fault === 'string' ? faultFromName(fault) : unnamedFault(fault);
      if (named === undefined) throw new RangeError(`There is no fault called "${fault}".`);
      const on = scope.on ?? [named.on];
      if (named.fault.kind === 'habit' && on.some((kind) => kind !== 'list')) {
        throw new RangeError(`"${named.name}" is a habit of the ATS, and applies to listings only.`);
      }
      lastNumber += 1;
      const id = String(lastNumber);
      const entry: Counted = { name: named.name, fault: named.fault, on, scope, remaining: scope.times };
      armed.set(id, entry);
      return describe(id, entry);
    },
    list: () => [...armed].map(([id, entry]) => describe(id, entry)),
    clear(id) {
      if (id !== undefined) {
        armed.delete(id);
        return;
      }
      armed.clear();
      countedIds.clear();
    },
    take(call, integrationId) {
      const applicable = [...faultsOfId(call), ...armed.values()].filter((entry) =>
        appliesTo(entry, call, integrationId),
      );
      const decisive = applicable.find(({ fault }) => isDecisive(fault));
      // A second decisive fault waits: a call that it did not end does not count as one of its calls.
      const used = applicable.filter((entry) => entry === decisive || !isDecisive(entry.fault));
      for (const entry of used) if (entry.remaining !== undefined) entry.remaining -= 1;
      for (const [id, { remaining }] of armed) if (remaining === 0) armed.delete(id);
      return {
        names: used.map(({ name }) => name),
        decisive: decisive !== undefined && isDecisive(decisive.fault) ? decisive.fault : undefined,
        bending: used.flatMap(({ fault }) => (isDecisive(fault) ? [] : [fault])),
        delayMs: used.reduce((sum, { scope }) => sum + (scope.delayMs ?? 0), 0),
        headers: Object.assign({}, ...used.map(({ scope }) => scope.headers)),
      };
    },
  };
};

const startCount = ({ name, fault, on, times }: FaultOfId): Counted => ({
  name,
  fault,
  on: [on],
  scope: {},
  remaining: times,
});

const unknownFault = (part: string): Counted => ({
  name: 'unknown-fault',
  fault: {
    kind: 'error',
    code: 'PLATFORM.INPUT_INVALID',
    status: 400,
    stored: false,
    message: `The id asks for the fault "${part}", which the emulator does not know. Its README lists the names.`,
  },
  on: ['post', 'list'],
  scope: {},
  remaining: undefined,
});

const appliesTo = ({ on, scope, remaining }: Counted, call: Call, integrationId: string | undefined): boolean => {
  if (remaining === 0 || !on.includes(call.kind)) return false;
  const concerned = call.kind === 'integration' ? call.integrationId : integrationId;
  if (scope.integrationId !== undefined && scope.integrationId !== concerned) return false;
  if (scope.target === undefined) return true;
  if (call.kind !== 'post' && call.kind !== 'list') return false;
  return scope.target.kind === call.target.kind && scope.target.id === call.target.id;
};
