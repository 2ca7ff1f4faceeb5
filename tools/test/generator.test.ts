import { describe, expect, it } from '@jest/globals';
import { filesEnding, node, read } from './workspace.js';

describe('npm run generate', () => {
  it('adds a metric, an engine and a baseline whose types, lint and tests pass as they are', () => {
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

  it.each([
    ['metric', 'kid', 'packages/metrics/figures.schema.json has "kid" already; choose another name.\n'],
    ['metric', 'gaussian', 'packages/metrics/src/distances/gaussian.ts exists already; choose another name.\n'],
    ['engine', 'server', "packages/models/src/choice.ts has kind: 'server' already; choose another name.\n"],
    ['baseline', 'zerogen', 'packages/synthesis/src/baselines/zerogen.ts exists already; choose another name.\n'],
  ])('writes nothing when the name is taken: %s %s', (kind, name, stderr) => {
    expect(node(['tools/generator/main.mjs', kind, name])).toMatchObject({ status: 1, stderr });
  });

  it('leaves to the author what only an author can write, and nothing of that is left in a package', () => {
    const left = ['.ts', '.md'].flatMap((ending) =>
      filesEnding(ending).filter((path) => path.startsWith('packages/') && read(path).includes('FILL-IN')),
    );
    expect(left).toEqual([]);
  });
});
