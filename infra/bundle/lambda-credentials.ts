import { fromEnv } from '@aws-sdk/credential-provider-env';
import { memoize } from '@smithy/core/config';

/**
 * Replaces @aws-sdk/credential-provider-node in the bundles. Lambda and the local stack provide credentials in the
 * environment; profiles, single sign-on, web identities and instance metadata never apply. Without them a bundle is 106
 * kB smaller, which every cold start would have to read. Credentials never change while a function instance lives, so
 * they are read once.
 */
export const defaultProvider = (): ReturnType<typeof fromEnv> => memoize(fromEnv());
