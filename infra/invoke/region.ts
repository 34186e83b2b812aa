/** What names a region, besides the environment. */
interface Choice {
  /** From the command line. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly defaultRegion: string;
}

/** The region of the command line, or of the environment, or of the profile, or the default. */
export const regionOf = async ({ region, profile, defaultRegion }: Choice): Promise<string> => {
  const given = region ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION);
  if (given) return given;
  // Loaded here, because packaging never needs it.
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient(profile === undefined ? {} : { profile });
  // Reads the profile; rejects when it has no region.
  const found = await client.config.region().catch(() => defaultRegion);
  client.destroy();
  return found;
};
