import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
// @ts-expect-error: a build script without types
import { KERNELS, kernelModule } from '../kernels/build.mjs';

describe('the committed kernels', () => {
  it.each(KERNELS as string[])('are what their source compiles to: %s', async (name) => {
    const committed = await readFile(new URL(`../src/bytes/${name}-bytes.ts`, import.meta.url), 'utf8');
    expect(committed).toBe(await (kernelModule as (name: string) => Promise<string>)(name));
  });
});
