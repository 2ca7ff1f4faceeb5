import { describe, expect, it } from '@jest/globals';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScoreRequest } from '@mixture-of-personas/llm';
import { configSchema } from '../../src/config/schema.js';
import { doctorChecks, nodeCheck } from '../../src/context/doctor-checks.js';
import { versionOf } from '../../src/run-folder/versions.js';
import { fakeOpeners } from '../support/fake-engines.js';

const config = configSchema.parse({
  population: { path: '.' },
  output: join(tmpdir(), 'mop-doctor', 'run'),
  threads: 4096,
});

describe('doctorChecks', () => {
  it('names everything a run needs, and the gating backend that the configuration names', async () => {
    const checks = await doctorChecks(config, fakeOpeners());
    expect(checks.map(({ name }) => name)).toEqual([
      'Node',
      'onnxruntime-node',
      '@huggingface/tokenizers',
      'gating backend',
      'encoder',
      'language model',
      'run folder',
      'threads',
      'memory',
    ]);
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
    const backend = checks.find(({ name }) => name === 'gating backend')!;
    expect(backend.detail).toBe('built-in');
  });

  it('never takes a TensorFlow that nobody named, and says why a named one cannot be had', async () => {
    const named = { ...config, gate: { ...config.gate, backend: 'tfjs-node-gpu' as const } };
    const backend = (await doctorChecks(named, fakeOpeners())).find(({ name }) => name === 'gating backend')!;
    if (backend.status === 'failed')
      expect(backend.detail).toMatch(/^gate\.backend is tfjs-node-gpu, but @tensorflow\/tfjs-node-gpu is/);
    else expect(backend.detail).toContain('tfjs-node-gpu');
  });

  it('says what is wrong with a model instead of ending', async () => {
    const openers = {
      ...fakeOpeners(),
      openEncoder: () => Promise.reject(Object.assign(new Error('No weights in x.'), { code: 'no-weights' })),
    };
    const encoder = (await doctorChecks(config, openers)).find(({ name }) => name === 'encoder');
    expect(encoder).toEqual({ name: 'encoder', status: 'failed', detail: 'No weights in x.' });
  });

  it('has a server judged by pairs of the real records', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mop-doctor-'));
    const lines = Array.from({ length: 20 }, (_, i) => JSON.stringify({ text: `Record number ${i}.` }));
    await writeFile(join(folder, 'records.jsonl'), lines.join('\n'));
    const given: (readonly ScoreRequest[] | undefined)[] = [];
    const openers = {
      ...fakeOpeners(),
      openLanguageModel: async () => ({
        ...(await fakeOpeners().openLanguageModel('fake')),
        check: (_: string, __?: AbortSignal, pairs?: readonly ScoreRequest[]) => (
          given.push(pairs),
          Promise.resolve([])
        ),
      }),
    };
    await doctorChecks(
      { ...config, population: { ...config.population, path: join(folder, 'records.jsonl') } },
      openers,
    );
    await doctorChecks(config, openers); // no records there
    expect(given.map((pairs) => pairs?.length)).toEqual([8, 0]);
    expect(given[0]?.every(({ completion }) => completion.startsWith('Record number'))).toBe(true);
  });

  it('has a server examined and needs no native runtime for it', async () => {
    const openers = {
      ...fakeOpeners(),
      openLanguageModel: async () => ({
        ...(await fakeOpeners().openLanguageModel('fake')),
        check: (purpose: string) =>
          Promise.resolve([{ name: 'http://s/v1', status: 'failed' as const, detail: `cannot ${purpose}` }]),
      }),
    };
    const served = { ...config, llm: { model: 'server:http://s#m' }, encoder: { model: 'server:http://s#e' } };
    const checks = await doctorChecks(served, openers);
    expect(checks.some(({ name }) => name === 'onnxruntime-node')).toBe(false);
    expect(checks).toContainEqual({ name: 'language model http://s/v1', status: 'failed', detail: 'cannot score' });
    const chat = await doctorChecks({ ...served, llm: { ...served.llm, api: 'chat' } }, openers);
    expect(chat).toContainEqual({ name: 'language model http://s/v1', status: 'failed', detail: 'cannot generate' });
  });

  it('warns of more threads than cores', async () => {
    const threads = (await doctorChecks(config, fakeOpeners())).find(({ name }) => name === 'threads');
    expect(threads).toMatchObject({ status: 'warning', detail: expect.stringMatching(/^4096 threads on /) as unknown });
  });

  it('asks for a newer Node by number', () => {
    expect(nodeCheck('20.18.1')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('20.19') as unknown,
    });
    expect(nodeCheck('22.1.0').status).toBe('ok');
  });
});

describe('versionOf', () => {
  it('finds the version of packages that do not export their package.json, and nothing for what is not installed', () => {
    expect(versionOf('@huggingface/tokenizers')).toMatch(/^\d+\.\d+/);
    expect(versionOf('no-such-package-anywhere')).toBeUndefined();
  });
});

it('renders the prompts as the model gets them, and fails where the model has no place for them', async () => {
  const opened = async (measure: () => { tokens: number; window: number }) => {
    const model = { ...(await fakeOpeners().openLanguageModel('fake')), measure };
    const openers = { ...fakeOpeners(), openLanguageModel: () => Promise.resolve(model) };
    return (await doctorChecks(config, openers)).find(({ name }) => name === 'language model prompts');
  };
  expect(await opened(() => ({ tokens: 9, window: 99 }))).toMatchObject({ status: 'ok', detail: 'tokens, rendered' });
  const refused = await opened(() => {
    throw new Error('The chat template has no system turn.');
  });
  expect(refused).toMatchObject({ status: 'failed' });
  expect(refused?.detail).toContain('no system turn');
});
