import type fc from 'fast-check';
import { batchEvents, scheduleEvents, uploadEvents } from './events.ts';
import { keyTemplates, objectKeys } from './keys.ts';
import { komboAnswers, listings } from './kombo.ts';
import { operatorRequests } from './operator.ts';
import { tableItems } from './table.ts';

/** One place where something comes in that this project has not written. */
export interface Surface<Input = unknown> {
  readonly name: string;
  readonly input: fc.Arbitrary<Input>;
  /** @throws when the input got through to where it does harm. */
  readonly give: (input: Input) => Promise<void> | void;
}

/** Lets surfaces of different inputs stand in one list. */
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
