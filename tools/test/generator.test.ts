import { describe, expect, it } from '@jest/globals';
import { node } from './workspace.js';

describe('npm run generate', () => {
  it('adds a metric, an engine and a baseline whose types and tests pass as they are', () => {
    const { status, stdout, stderr } = node(['tools/generator/try.mjs']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ metric: '', engine: '', baseline: '' });
  });

  it.each([[], ['metric'], ['metric', 'Mean Distance'], ['gate', 'mine']])(
    'says how it is used when told %j %j',
    (...words) => {
      expect(node(['tools/generator/main.mjs', ...words])).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('usage: npm run generate -- metric|engine|baseline NAME'),
      });
    },
  );

  it('writes nothing when the name is taken', () => {
    expect(node(['tools/generator/main.mjs', 'metric', 'energy'])).toMatchObject({
      status: 1,
      stderr: 'packages/metrics/src/energy.ts exists already; choose another name.\n',
    });
  });
});
