import type fc from 'fast-check';
import { batchEvents, scheduleEvents, uploadEvents } from './events.ts';
import { keyTemplates, objectKeys } from './keys.ts';
import { komboAnswers, listings } from './kombo.ts';
import { operatorRequests } from './operator.ts';
import { tableItems } from './table.ts';

/** One place where input comes in that this project has not written. */
export interface Surface<Input = unknown> {
  readonly name: string;
  readonly input: fc.Arbitrary<Input>;
  /** @throws when the input could do harm. */
  readonly give: (input: Input) => Promise<void> | void;
}

/** Allows surfaces with different inputs in one list. */
const surface = <Input>({ name, input, give }: Surface<Input>): Surface => ({
  name,
  input,
  give: (some) => give(some as Input),
});

export const surfaces: readonly Surface[] = [
  surface(uploadEvents),
  surface(batchEvents),
  surface(scheduleEvents),
  surface(objectKeys),
  surface(keyTemplates),
  surface(komboAnswers),
  surface(listings),
  surface(operatorRequests),
  surface(tableItems),
];
