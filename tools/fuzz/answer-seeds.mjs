// Whole answers of servers, to be changed by the fuzzer.
import { NODE_BETAS } from '../../packages/llm/src/scoring/score-curve.ts';

const utf8 = (text) => new TextEncoder().encode(text);
const json = (value) => utf8(JSON.stringify(value));

export const embeddingAnswer = () => [
  json({
    object: 'list',
    data: [
      { index: 1, embedding: [1, 2, 3] },
      { index: 0, embedding: [0.5, -1, 2] },
    ],
  }),
];

/** Text and log-probabilities in both layouts. */
export const completionAnswer = () => [
  json({
    model: 'm',
    choices: [
      {
        text: 'a b',
        finish_reason: 'stop',
        message: { content: 'a b' },
        prompt_logprobs: [null, { 1: { logprob: -0.5, decoded_token: 'a', rank: 1 } }],
        logprobs: {
          tokens: ['a', ' b'],
          token_logprobs: [null, -0.7],
          top_logprobs: [null, { ' b': -0.7, ' c': -1.5 }],
          text_offset: [0, 1],
        },
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  }),
];

const answer = (choice) => json({ model: 'm', choices: [choice], usage: { prompt_tokens: 2 } });

/** vLLM's layout, for the tokens 3 and 1. */
export const scoreAnswer = () => [
  answer({
    text: 'a',
    prompt_logprobs: [null, { 1: { logprob: -0.5 }, 2: { logprob: -1.25 } }],
    logprobs: { tokens: ['token_id:1'], token_logprobs: [-0.5], top_logprobs: [{ 'token_id:1': -0.5 }] },
  }),
];

/** OpenAI's layout, for the same; with and without places. */
export const echoAnswer = () =>
  [{ text_offset: [0, 2] }, {}].map((places) =>
    answer({
      text: 'aba',
      logprobs: {
        tokens: ['ab', 'a'],
        token_logprobs: [null, -0.7],
        top_logprobs: [null, { a: -0.7, b: -1.5 }],
        ...places,
      },
    }),
  );

export const modelList = () => [json({ object: 'list', data: [{ id: 'm' }], tokens: [1, 2] })];

/** A letter for the status and what stands in `retry-after`, a line end, and the body. */
export const answerWithHead = () =>
  ['c', 'c2', 'cWed, 21 Oct 2026 07:28:00 GMT', 'c-1'].map((head) =>
    utf8(`${head}\n${new TextDecoder().decode(scoreAnswer()[0])}`),
  );

/** Self-description of a scoring server. */
export const scorerAbout = () => [
  json({
    protocol: 1,
    model: 'm',
    fingerprint: 'ab'.repeat(32),
    covers: ['config.json', 'model.safetensors', 'numbers in float32'],
    tokenizer: null,
    vocabulary: 5,
    window: 64,
    nodes: [...NODE_BETAS],
    requestTokens: 100,
  }),
];

/** Curves of two pairs over five tokens that are equally likely. */
export const scorerRecords = () => {
  const sums = [1, 2].flatMap((tokens) => [0, ...Array.from(NODE_BETAS, () => tokens * Math.log(5))]);
  return [new Uint8Array(Float64Array.from(sums).buffer)];
};
