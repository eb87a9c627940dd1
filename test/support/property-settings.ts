import fc from 'fast-check';

/**
 * How property tests run. On CI the seed is fixed, so that one commit has one verdict; elsewhere every run looks at
 * other cases. A failure prints its seed and path, and `INGOT_PROPERTY_SEED` repeats it:
 *
 *     INGOT_PROPERTY_SEED=-1234 INGOT_PROPERTY_RUNS=10000 make test TEST=test/property
 *
 * A test that names its own `numRuns` keeps it.
 */
const CI_SEED = 20_240_229;

const integerOf = (name: string): number | undefined => {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${name} is not an integer: ${text}`);
  return value;
};

const ci = process.env['CI'] !== undefined && process.env['CI'] !== '';
const seed = integerOf('INGOT_PROPERTY_SEED') ?? (ci ? CI_SEED : undefined);

fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  numRuns: integerOf('INGOT_PROPERTY_RUNS') ?? 100,
  ...(seed === undefined ? {} : { seed }),
});
