/**
 * With REQUIRE_SCAN only a clean verdict starts a delivery. The sweep, an operator or a manifest that finds an object
 * without its verdict records it as held with this failure: so it is listed, and a later clean verdict releases it.
 */
export const missingVerdict = {
  code: 'SCAN_MISSING',
  detail: 'REQUIRE_SCAN is on, and no clean verdict has come for the object.',
} as const;
