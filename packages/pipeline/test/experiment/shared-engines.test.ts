import { describe, expect, it } from '@jest/globals';
import { fakeModel } from '@mixture-of-personas/llm/testing';
import type { ServerOptions } from '@mixture-of-personas/llm';
import { serverOptions } from '../../src/engines/model-openers.js';
import { sharedEngines } from '../../src/experiment/shared-engines.js';

describe('the models of an experiment', () => {
  it('are opened with every setting of llm, once for each of them', async () => {
    const asked: (ServerOptions | undefined)[] = [];
    const openers = {
      openEncoder: () => Promise.reject(new Error('no encoder')),
      openLanguageModel: (_model: string, _threads?: number, server?: ServerOptions) => {
        asked.push(server);
        return Promise.resolve(fakeModel());
      },
    };
    const engines = sharedEngines(openers, 'embeddings');
    const llm = {
      scorer: ['http://gpu:9000'],
      tokenizer: 'folder',
      api: 'chat' as const,
      apiKeyEnv: 'KEY',
      topLogProbabilities: 50,
      maxWidth: 0.2,
      concurrency: 7,
      deadline: 30,
      temperatures: [0.6, 1],
    };
    const settings = serverOptions({ model: 'server:http://a#m', ...llm });
    for (const given of [settings, settings, { ...settings, concurrency: 8 }])
      await engines.openLanguageModel('server:http://a#m', 2, given);
    const { deadline, ...same } = llm;
    expect(asked).toEqual([
      { ...same, deadline: 1000 * deadline },
      { ...same, deadline: 1000 * deadline, concurrency: 8 },
    ]);
  });
});
