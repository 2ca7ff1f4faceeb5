import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLanguageModel, type DescribedModel } from '@mixture-of-personas/llm';

interface Llama {
  readonly url: string;
  readonly model: string;
  close(): Promise<void>;
}
const program: string = '../llama-cpp/serve.mjs';
const { missing, startLlamaServer } = (await import(program)) as {
  missing: () => string | undefined;
  startLlamaServer: () => Promise<Llama>;
};
const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const tokenizer = join(process.env['MOP_MODELS'] ?? join(cache, 'mop-models'), 'SmolLM2-135M-Instruct');
const reason = missing() ?? (existsSync(tokenizer) ? undefined : `no model ${tokenizer}`);
const describeLlama = reason === undefined ? describe : describe.skip;

describeLlama(`llama-cpp-python's server${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let server: Llama;
  let model: DescribedModel;
  beforeAll(async () => {
    server = await startLlamaServer();
    model = await openLanguageModel(`server:${server.url}#${server.model}`, {
      server: { tokenizer, temperatures: 'fixed', tries: 2 },
    });
  });
  afterAll(() => server.close());

  it('is refused for scoring: it takes no token ids', async () => {
    const failed = ((await model.check?.('score')) ?? []).filter(({ status }) => status === 'failed');
    process.stderr.write(`${failed.map(({ detail }) => detail).join('\n')}\n`);
    expect(failed).toHaveLength(1);
    expect(failed[0].detail).toMatch(/gives no log-probabilities of a prompt's own tokens/);
  });

  it('is accepted for writing, and writes from the prompt rendered here', async () => {
    expect(((await model.check?.('generate')) ?? []).filter(({ status }) => status === 'failed')).toEqual([]);
    const prompt = { messages: [{ role: 'user', content: 'Name a color.' }] } as const;
    for await (const { text, tokens } of model.generate([{ prompt, temperature: 0, maxTokens: 12, seed: 1, row: 0 }])) {
      process.stderr.write(`it wrote ${JSON.stringify(text)}\n`);
      expect(text).toMatch(/[a-z]/);
      expect(text).not.toContain('<|im_end|>');
      expect(tokens).toBeGreaterThan(0);
    }
  });

  it('is accepted for writing as a chat endpoint, without a tokenizer', async () => {
    const chat = await openLanguageModel(`server:${server.url}#${server.model}`, { server: { api: 'chat', tries: 2 } });
    expect(((await chat.check?.('generate')) ?? []).filter(({ status }) => status === 'failed')).toEqual([]);
  });
});
