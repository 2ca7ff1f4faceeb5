import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { fakeServer } from './fake-server.js';
import { tinyTokenizer } from './tiny-tokenizer.js';

const path = (name: string): string => `${import.meta.dirname}/${name}`;
const HEAVY = /onnxruntime|huggingface\/transformers/;

/** Modules loaded by a process that opened a model, scored, wrote and examined with it. */
async function loadedBy(...words: string[]): Promise<string[]> {
  const preloads = [path('../../../pipeline/test/job/typescript.mjs'), path('loaded-modules.mjs')];
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=@mixture-of-personas/source',
    ...preloads.flatMap((file) => ['--import', file]),
    path('light-child.ts'),
    ...words,
  ]);
  return JSON.parse(stdout) as string[];
}

it('a model of a server loads neither onnxruntime nor transformers.js, in scoring, writing and examination', async () => {
  const server = await fakeServer();
  const loaded = await loadedBy(server.url, tinyTokenizer());
  await server.close();
  expect(loaded).toContainEqual(expect.stringMatching(/llm\/src\/server\/server\.ts$/));
  expect(loaded.filter((name) => HEAVY.test(name))).toEqual([]);
}, 60_000);

it('the same look finds onnxruntime where a model is run here', async () => {
  expect((await loadedBy('embedded')).filter((name) => HEAVY.test(name))).not.toEqual([]);
}, 60_000);
