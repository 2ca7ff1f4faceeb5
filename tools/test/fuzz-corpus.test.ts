import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './workspace.js';

interface Target {
  seeds(): Uint8Array[];
  parse(input: Uint8Array, folder: string): unknown;
}
interface Limits {
  readonly milliseconds: number;
  readonly bytes: number;
}
type Judge = (target: Target, input: Uint8Array, folder: string, limits: Limits) => Promise<{ finding?: string }>;

const fuzz = join(root, 'tools/fuzz');
const { TARGETS } = (await import(join(fuzz, 'targets.mjs'))) as { TARGETS: Record<string, Target> };
const { judge, LIMITS } = (await import(join(fuzz, 'judge.mjs'))) as { judge: Judge; LIMITS: Limits };
// Code that Jest loads runs several times slower here and there; what grows with the square of its input takes minutes.
const limits = { ...LIMITS, milliseconds: 10 * LIMITS.milliseconds };

async function findingsOf(name: string, inputs: readonly Uint8Array[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mop-corpus-'));
  const findings: string[] = [];
  for (const input of inputs) {
    const { finding } = await judge(TARGETS[name], input, folder, limits);
    if (finding !== undefined) findings.push(finding);
  }
  rmSync(folder, { recursive: true });
  return findings;
}

describe('every parser of bytes from outside', () => {
  it.each(Object.keys(TARGETS))('%s reads its valid files', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'mop-corpus-'));
    for (const seed of TARGETS[name].seeds()) await TARGETS[name].parse(Uint8Array.from(seed), folder);
    rmSync(folder, { recursive: true });
  });

  it.each(Object.keys(TARGETS))('%s answers every cut of them in time and with an error of its own', async (name) => {
    const cuts = TARGETS[name]
      .seeds()
      .flatMap((seed) => [0, 0.1, 0.5, 0.9].map((share) => seed.slice(0, Math.floor(share * seed.length))));
    expect(await findingsOf(name, cuts)).toEqual([]);
  });

  it.each(Object.keys(TARGETS))('%s takes a line of a megabyte in time, whatever it repeats', async (name) => {
    const inputs = [' ', 'a', '"', '\\', '{', '[', 'a ', 'a: ', '\t', '.', '“'].map((piece) =>
      Buffer.from(`a${piece.repeat(Math.ceil(2 ** 20 / Buffer.byteLength(piece)))}b`),
    );
    expect(await findingsOf(name, inputs)).toEqual([]);
  });

  it.each(readdirSync(join(fuzz, 'corpus')))('%s answers what the fuzzer kept', async (name) => {
    const inputs = readdirSync(join(fuzz, 'corpus', name)).map(
      (file) => new Uint8Array(readFileSync(join(fuzz, 'corpus', name, file))),
    );
    expect(await findingsOf(name, inputs)).toEqual([]);
  });
});
