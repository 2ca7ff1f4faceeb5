import { describe, expect, it } from '@jest/globals';
import { judgeContexts } from '../../bench/contexts.mjs';

const study = { records: 300, settings: { design: { perRecord: 16 } } };

describe('a gate that sees a context', () => {
  it.each([0, 1, 2])(
    'learns from contexts that inform, beyond what a gate without input learns: seed %d',
    async (seed) => {
      const found = await judgeContexts({ ...study, seed, informative: 0.7 });
      const { overMarginal, overUniform, marginalOverUniform, information } = found;
      expect(overMarginal.mean).toBeGreaterThan(3 * overMarginal.standardError);
      // The gate without input gains too, since topics are not equally common: it is no straw man.
      expect(marginalOverUniform).toBeGreaterThan(0.02);
      expect(overUniform.mean).toBeGreaterThan(overMarginal.mean);
      expect(information).toBeGreaterThan(0.2);
    },
  );

  it.each([0, 1, 2])('learns nothing from contexts that say nothing: seed %d', async (seed) => {
    const { overMarginal, information } = await judgeContexts({ ...study, seed, informative: 0 });
    expect(Math.abs(overMarginal.mean)).toBeLessThanOrEqual(2 * overMarginal.standardError + 1e-9);
    expect(information).toBeLessThan(0.02);
  });
});
