import { describe, expect, it } from '@jest/globals';
import { studyNulls } from '../../bench/nulls.mjs';

// The same with 100 seeds: npm run bench -- gating nulls (docs/decisions/0145).
describe('the gain that a run prints', () => {
  it('is beyond two standard errors for no gate where equal weights are the truth', async () => {
    const { anyBeyond, printed } = await studyNulls({ seeds: 10, records: 100, strength: 0 });
    expect(anyBeyond).toBeLessThanOrEqual(1);
    expect(printed.beyond).toBe(0);
  });

  it('covers the true gain of a planted optimum where each record is scored under half of the pairs', async () => {
    const { printed, meanTrueGain } = await studyNulls({ seeds: 5, records: 300, strength: 8 });
    expect(printed.count).toBeGreaterThanOrEqual(4);
    expect(printed.covered).toBeGreaterThanOrEqual(0.9 * printed.count);
    expect(meanTrueGain).toBeGreaterThan(0.05);
  });
});
