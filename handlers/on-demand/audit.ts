import { isObject, type JsonObject, text } from '../../lib/json.ts';
import { type KeyTemplate, literalPrefixes, matchKey } from '../../lib/key-template/match-key.ts';
import { laneIdOf, laneNameOf } from '../../lib/lane/lane-name.ts';
import { maskId, maskIntegrationId, maskKey } from '../../lib/telemetry/mask-key.ts';
import { targetIdName, targetKey, targetKinds } from '../../lib/upload/target.ts';
import { maxLoggedKeys } from '../limits.ts';
import { parseKey } from './request/parse-key.ts';

export const notStated = 'not stated';

/**
 * Who invoked the function, as the caller states it in Lambda's client context: `{"custom":{"operator":"..."}}`.
 * A claim, not a proof: Lambda does not tell a function which identity has invoked it. CloudTrail's data events do.
 */
export const statedOperator = (clientContext: unknown): string => {
  // The Lambda guide writes "Custom" for Node.js and "custom" for Python; clients send either.
  const custom = isObject(clientContext) ? (clientContext.custom ?? clientContext.Custom) : undefined;
  const operator = isObject(custom) ? text(custom.operator) : undefined;
  if (operator === undefined) return notStated;
  return /^[\w+=,.@:/ -]{1,256}$/.test(operator) ? operator : 'not readable';
};

interface AuditSettings {
  readonly bucket: string;
  readonly keyTemplates: readonly KeyTemplate[];
  readonly integrationId?: string | undefined;
}

/**
 * The log fields for a change that an operator requests. Keys are masked, as in all log lines. The reason is not logged:
 * it is free text, which may name a person, and no one can erase a log line.
 */
export const auditFields = (request: JsonObject, settings: AuditSettings) => {
  const key = keyIn(request.key, settings);
  const target = key === undefined ? undefined : targetOf(key, settings);
  return {
    scope: scopeOf(request, key, settings),
    ...(target !== undefined && { target }),
  };
};

const scopeOf = (request: JsonObject, key: string | undefined, settings: AuditSettings): string => {
  const { keys, prefix, code, integration_id: integration, since } = request;
  if (key !== undefined) return `key ${masked(key, settings)}`;
  if (Array.isArray(keys)) {
    const shown = keys.slice(0, maxLoggedKeys).map((each) => masked(keyIn(each, settings) ?? '', settings));
    return `${keys.length} keys: ${shown.join(', ')}${keys.length > shown.length ? ', ...' : ''}`;
  }
  if (typeof prefix === 'string') return `prefix ${maskedPrefix(keyIn(prefix, settings) ?? '', settings)}`;
  for (const kind of targetKinds) {
    const id = text(request[targetIdName(kind)]);
    if (id !== undefined) return targetKey({ kind, id: maskId(id) });
  }
  if (typeof code === 'string')
    return integration === undefined ? `code ${code}` : `integration ${maskLane(String(integration))}`;
  if (typeof integration === 'string') return `integration ${maskLane(integration)}`;
  if (typeof since === 'string') return `since ${since}`;
  return 'one event';
};

const maskLane = (name: string): string => laneNameOf(maskIntegrationId(laneIdOf(name)));

const keyIn = (value: unknown, { bucket }: AuditSettings): string | undefined => {
  const given = text(value);
  if (given === undefined) return undefined;
  const key = parseKey(given, bucket);
  return key.ok ? key.value : given;
};

const targetOf = (key: string, { keyTemplates, integrationId }: AuditSettings): string | undefined => {
  const match = matchKey(keyTemplates, key, integrationId);
  return match.ok ? targetKey({ ...match.value.target, id: maskId(match.value.target.id) }) : undefined;
};

const masked = (key: string, { keyTemplates }: AuditSettings): string => maskKey(key, keyTemplates);

/** A template cannot match part of a key, so only the template's literal folders are shown. */
const maskedPrefix = (prefix: string, { keyTemplates }: AuditSettings): string => {
  const literal = literalPrefixes(keyTemplates).find((one) => prefix.startsWith(one) || one.startsWith(prefix)) ?? '';
  return literal.startsWith(prefix) ? prefix : `${literal}•••`;
};
