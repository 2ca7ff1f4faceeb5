import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { scratch } from '../../pipeline/test/support/scratch.js';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const NODE = [
  '--conditions=@mixture-of-personas/source',
  '--import',
  path('../../pipeline/test/job/typescript.mjs'),
  path('../src/main.ts'),
];

/** The program itself, as a process of its own. */
async function spawned(
  words: readonly string[],
  during?: (kill: (signal: NodeJS.Signals) => void, stderr: string) => void,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [...NODE, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString();
    during?.((signal) => child.kill(signal), text.stderr);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}

describe('the program', () => {
  it('prints its version and exits with 0', async () => {
    expect(await spawned(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  }, 60_000);

  it('exits with 1 and one sentence for a file that is not there', async () => {
    const run = await spawned(['evaluate', '--synthetic', '/nowhere.npy', '--golden', '/nowhere.npy']);
    expect(run).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Error: \/nowhere\.npy: there is no such file or folder\. .*\n$/),
    });
  }, 60_000);

  it('exits with 130 when Ctrl-C is pressed, once the step under way is done', async () => {
    const row = (i: number): string =>
      `{"text":"${Array.from({ length: 60 }, (_, j) => `w${(i * 7 + j * j) % 997}`).join(' ')}"}\n`;
    const folder = await scratch({ 'a.jsonl': Array.from({ length: 3000 }, (_, i) => row(i)).join('') });
    const file = join(folder, 'a.jsonl');
    let asked = false;
    const run = await spawned(
      ['evaluate', '--synthetic', file, '--golden', file, '--metrics', 'self-bleu,distinct-n,leak'],
      (kill, stderr) => {
        if (asked || !stderr.includes('evaluate')) return;
        asked = true;
        kill('SIGINT');
      },
    );
    expect([run.code, run.stdout]).toEqual([130, '']);
    expect(run.stderr).toMatch(/press Ctrl-C again to stop at once/);
    expect(run.stderr).toMatch(/Stopped as asked; everything finished before is kept\.\n$/);
  }, 60_000);
});
