import { describe, expect, it } from '@jest/globals';
import { studyNulls } from '../../bench/nulls.mjs';

// The same with 100 seeds of larger populations: npm run bench -- gating nulls (docs/decisions/0145).
const settings = { steps: ['biases'], design: { perRecord: 12 } } as const;

describe('the gain that a run prints', () => {
  it('is beyond two standard errors for no gate where equal weights are the truth', async () => {
    const { seeds, anyBeyond, printed } = await studyNulls({ seeds: 20, records: 60, strength: 0, settings });
    expect(anyBeyond).toBeLessThanOrEqual(0.05 * seeds);
    expect(printed.beyond).toBe(0);
  });

  it('covers the true gain of a planted optimum where each record is scored under a share of the pairs', async () => {
    const { printed, meanTrueGain } = await studyNulls({ seeds: 12, records: 100, strength: 8, settings });
    expect(printed.count).toBeGreaterThanOrEqual(10);
    expect(printed.covered).toBeGreaterThanOrEqual(0.9 * printed.count);
    expect(meanTrueGain).toBeGreaterThan(0);
  });
});
