import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openLanguageModel, openMeasure, openScoreStore, withStore } from '../../src/index.js';
import { tinyTokenizer } from '../server/tiny-tokenizer.js';

const request = { prompt: { text: 'Fellow citizens, ' }, completion: 'the state of the union is strong.' };

it('measures a pair as scoring does, with and without the weights, and through a store', async () => {
  const model = await openLanguageModel('embedded', { threads: 1 });
  const measured = (await openMeasure('embedded'))(request);
  const stored = withStore(model, await openScoreStore(tinyTokenizer()));
  expect([model.measure?.(request), stored.measure?.(request)]).toEqual([measured, measured]);
  const [curve] = await model.score([request]);
  const ended = model.measure?.({ ...request, completion: '' })?.tokens ?? 0;
  expect([measured?.tokens, measured?.window]).toEqual([ended - 1 + curve.tokens, model.description.contextTokens]);
  expect(model.measure?.({ ...request, endOfTurn: false })?.tokens).toBe((measured?.tokens ?? 0) - 1);
  await stored.close();
});

it('measures for a server by its tokenizer, without asking it, and not for one that only chats', async () => {
  const tokenizer = tinyTokenizer();
  writeFileSync(join(tokenizer, 'config.json'), '{"max_position_embeddings":30}');
  const server = { tokenizer };
  const measure = await openMeasure('server:http://127.0.0.1:1#tiny', { server });
  expect(measure({ prompt: { text: 'ab' }, completion: 'cd' })).toEqual({ tokens: 5, window: 30 });
  const chat = await openMeasure('server:http://127.0.0.1:1#tiny', { server: { ...server, api: 'chat' } });
  expect(chat({ prompt: { text: 'ab' }, completion: 'cd' })).toBeUndefined();
});
