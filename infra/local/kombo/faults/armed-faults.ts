import type { Call, CallKind, TargetRef } from '../api/calls.ts';
import { noJournal, openJournal } from '../store/journal.ts';
import { type BendingFault, type DecisiveFault, type Fault, isDecisive } from './fault.ts';
import { type FaultOfId, faultFromName, faultsFromId, unnamedFault } from './fault-names.ts';

/**
 * The calls to which a fault applies. An omitted field matches everything: without a target, every candidate and
 * application.
 */
export interface FaultScope {
  /** Default: the call that the fault's name implies. */
  readonly on?: readonly CallKind[];
  readonly target?: TargetRef;
  readonly integrationId?: string;
  /** The number of calls to which it applies. Default: until it is cleared. */
  readonly times?: number;
  /** Delay before the fault takes effect. */
  readonly delayMs?: number;
  /** Headers added to the answer, for example `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ArmedFault extends FaultScope {
  readonly id: string;
  readonly name: string;
  readonly fault: Fault;
  readonly on: readonly CallKind[];
  /** The number of calls to which it still applies; undefined means until it is cleared. */
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
   * @param fault a name from the fault table, or a fault object for what names cannot express.
   * @throws {RangeError} when the name is not in the table, and for a habit on a call other than the listing.
   */
  arm(fault: string | Fault, scope?: FaultScope): ArmedFault;
  list(): readonly ArmedFault[];
  /** Clears one fault, or all faults and the counts of ids. */
  clear(id?: string): void;
  /** Returns the faults that apply to this call and counts them as used. */
  take(call: Call, integrationId: string | undefined): FaultPlan;
}

interface Counted {
  readonly name: string;
  readonly fault: Fault;
  readonly on: readonly CallKind[];
  readonly scope: FaultScope;
  remaining: number | undefined;
  /** Of a fault that an id asks for. */
  readonly place?: Place;
}

/** The place of a fault in the id of a candidate or application. */
interface Place {
  /** `candidate/<id>` or `application/<id>` */
  readonly target: string;
  readonly part: number;
}

/**
 * @param usesFile Keeps the uses of faults of ids across restarts, so that a fault of the first call does not come back.
 *   Default: in memory only.
 */
export const createArmedFaults = (usesFile?: string): ArmedFaults => {
  const armed = new Map<string, Counted>();
  const countedIds = new Map<string, readonly Counted[]>();
  const { entries, journal } = usesFile === undefined ? { entries: [], journal: noJournal } : openJournal(usesFile);
  // Only this function writes the journal, so its lines are not validated.
  const earlierUses = Map.groupBy(entries as readonly Place[], ({ target, part }) => `${target} ${part}`);
  let lastNumber = 0;

  const describe = (id: string, { name, fault, on, scope, remaining }: Counted): ArmedFault => ({
    ...scope,
    id,
    name,
    fault,
    on,
    remaining,
  });

  /** Each id is counted separately: every candidate called `fault-html-502-1` gets one HTML page. */
  const faultsOfId = (call: Call): readonly Counted[] => {
    if (call.kind !== 'post' && call.kind !== 'list') return [];
    const target = `${call.target.kind}/${call.target.id}`;
    const known = countedIds.get(target);
    if (known !== undefined) return known;
    const parsed = faultsFromId(call.target.id);
    const fresh =
      'unknown' in parsed
        ? [unknownFault(parsed.unknown)]
        : parsed.map((fault, part) => goOnCounting(fault, { target, part }));
    if (fresh.length > 0) countedIds.set(target, fresh);
    return fresh;
  };

  const goOnCounting = ({ name, fault, on, times }: FaultOfId, place: Place): Counted => {
    const uses = earlierUses.get(`${place.target} ${place.part}`)?.length ?? 0;
    return { name, fault, on: [on], scope: {}, remaining: times && times - uses, place };
  };

  return {
    arm(fault, scope = {}) {
      const named = typeof fault === 'string' ? faultFromName(fault) : unnamedFault(fault);
      if (named === undefined) throw new RangeError(`Unknown fault "${fault}".`);
      const on = scope.on ?? [named.on];
      if (named.fault.kind === 'habit' && on.some((kind) => kind !== 'list')) {
        throw new RangeError(`"${named.name}" is a habit of the ATS, so it applies only to listings.`);
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
      earlierUses.clear();
      journal.clear();
    },
    take(call, integrationId) {
      const applicable = [...faultsOfId(call), ...armed.values()].filter((entry) =>
        appliesTo(entry, call, integrationId),
      );
      const decisive = applicable.find(({ fault }) => isDecisive(fault));
      // Only one decisive fault applies to a call. A second one waits, and this call does not count against it.
      const used = applicable.filter((entry) => entry === decisive || !isDecisive(entry.fault));
      for (const entry of used) {
        if (entry.remaining === undefined) continue;
        entry.remaining -= 1;
        if (entry.place) journal.append(entry.place);
      }
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
