import { type CheckLine, check } from '../../lib/operator/check/check.ts';
import { learnTool } from '../fakes/known-tool.ts';
import { type CourierWorld, courierWorld, setup } from './courier-world.ts';

export interface CheckWorld extends CourierWorld {
  /** A check of this stack with these parts changed. */
  check(change?: Partial<Parameters<typeof check>[1]>): Promise<Checked>;
}

export interface Checked {
  readonly lines: readonly CheckLine[];
  of(what: string): CheckLine | undefined;
  /** The lines whose subject begins so. */
  about(what: string): readonly CheckLine[];
  /** What is wrong. */
  readonly wrong: readonly string[];
}

/** An integration as Kombo describes it when it is ready. */
export const integration = (change: object = {}, action: object = {}) => ({
  status: 'ACTIVE',
  setup_status: 'COMPLETED',
  write_actions: [
    {
      id: 'ats_add_candidate_attachment',
      is_available: true,
      coverage_status: 'SUPPORTED',
      scope_config_setting: 'ENABLED',
      opted_out_by_customer: false,
      ...action,
    },
  ],
  ...change,
});

/** A healthy stack of which a check finds nothing wrong. */
export const checkWorld = (): CheckWorld => {
  const world = courierWorld();
  learnTool(world);
  world.kombo.integration = async () => ({ ok: true, value: integration(), concurrency: {} });
  return {
    ...world,
    check: async (change = {}) => {
      const courier = { ...world.newFunction(), setup, ...change };
      const lines = await check({ deadline: world.deadline() }, courier);
      return {
        lines,
        of: (name) => lines.find(({ what }) => what === name),
        about: (name) => lines.filter(({ what }) => what.startsWith(name)),
        wrong: lines.filter(({ state }) => state === 'wrong').map(({ what }) => what),
      };
    },
  };
};
