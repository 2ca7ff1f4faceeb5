import { describe, expect, it } from '@jest/globals';
import { judgeTarget, TARGETS } from '../../bench/acceptance.mjs';

// The default path, cross-validation included; `npm run bench -- gating acceptance 5` prints five seeds, and half and a quarter of each table.
describe('fitMixture on complete score tables', () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    'gains what it must on records it never saw, by exact sums: %s',
    async (_, target) => {
      const found = await judgeTarget(target);
      if (found === undefined) return; // ../shared/golden/fit is not beside this clone
      const { overUniform, overInitial, fit } = found;
      expect(overUniform.mean).toBeGreaterThanOrEqual(target.least);
      if (target.overInitial !== undefined) {
        expect(overInitial?.mean).toBeGreaterThanOrEqual(target.overInitial);
        expect(overInitial?.mean).toBeGreaterThan(3 * (overInitial?.standardError ?? Infinity));
      }
      // What cross-validation promised is what held-out records show, within three standard errors of both.
      const spread = Math.hypot(fit.standardError, overUniform.standardError);
      expect(Math.abs(fit.gain - overUniform.mean)).toBeLessThan(3 * spread + 0.01);
    },
    900_000,
  );

  it('keeps three quarters of its gain with a quarter of the scores, each record its own', async () => {
    const target = TARGETS.find(({ table }) => table === 'sst')!;
    const quarter = await judgeTarget(target, { share: 0.25 });
    if (quarter === undefined) return;
    expect(quarter.fit.design.scored).toBeLessThanOrEqual(240 * 15);
    expect(quarter.overUniform.mean).toBeGreaterThan(0.75 * 0.62); // 0.62: the gain of the whole table
  }, 900_000);
});
