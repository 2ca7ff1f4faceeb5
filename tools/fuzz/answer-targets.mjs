// What servers answer, and what is read of it: scores in both layouts, texts, examinations.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openServer } from '../../packages/encoder/src/server/server.ts';
import { choiceOf, textOf } from '../../packages/llm/src/server/asking/answer.ts';
import { scoredPositions } from '../../packages/llm/src/server/asking/asked-score.ts';
import { boundedCurve, fixedCurve } from '../../packages/llm/src/server/asking/bounded-curve.ts';
import { aboutOf } from '../../packages/llm/src/scorer/about.ts';
import { curvesIn } from '../../packages/llm/src/scorer/curve-records.ts';
import { openServerModel } from '../../packages/llm/src/server/open-server.ts';
import * as answers from './answer-seeds.mjs';
import * as seeds from './seeds.mjs';

const textOfBytes = (input) => new TextDecoder().decode(input);
const respond = (body, init = { status: 200 }) => Promise.resolve(new Response(body, init));

/** An encoder's server that answers every question with the same body. */
async function askEncoder(body) {
  const choice = { kind: 'server', url: 'http://127.0.0.1:1', model: 'm' };
  await openServer('server:m', choice, { fetch: () => respond(body), sleep: () => Promise.resolve() }).embed([
    'one',
    'two',
  ]);
}

/** A language model's server whose every answer is the same, with the tokenizer of the seeds. */
function openModel(folder, fetch, options = {}) {
  const tokenizer = join(folder, 'served');
  mkdirSync(tokenizer, { recursive: true });
  writeFileSync(join(tokenizer, 'tokenizer.json'), seeds.validTokenizer);
  writeFileSync(join(tokenizer, 'tokenizer_config.json'), seeds.tokenizerConfig()[0]);
  const choice = { kind: 'server', endpoints: [{ url: 'http://127.0.0.1:1', weight: 1 }], model: 'm' };
  const server = { tokenizer, tries: 1, retryDelay: 1, deadline: 5000, fetch, ...options };
  return openServerModel(choice, { server });
}

/** No answer fits all questions, so a question may end with a sentence; with another kind of error it may not. */
async function settle(work) {
  const results = await Promise.allSettled(work);
  for (const { status, reason } of results) {
    if (status === 'rejected' && (reason.name !== 'ModelError' || reason.message === '')) throw reason;
  }
}

/** All that is asked of a server: examinations for both purposes, a score and a text. */
async function askModel(input, folder) {
  const model = await openModel(folder, () => respond(input));
  const request = { prompt: { text: 'ab' }, temperature: 1, maxTokens: 2, seed: 1, row: 0 };
  const written = async () => {
    for await (const { text } of model.generate([request])) void text;
  };
  await settle([
    model.check('score'),
    model.check('generate'),
    model.score([{ prompt: { text: 'ab' }, completion: 'a', endOfTurn: false }]),
    written(),
  ]);
}

const STATUSES = [200, 400, 401, 404, 408, 422, 429, 500, 503];

/** Status and retry-after from the first line, the body from the others. */
async function askWithHeaders(input, folder) {
  const text = textOfBytes(input);
  const head = text.split('\n', 1)[0] ?? '';
  const after = head.slice(1).replace(/[^\x20-\x7e]/g, '');
  const status = STATUSES[(input[0] ?? 0) % STATUSES.length];
  const init = { status, headers: { 'retry-after': after } };
  const model = await openModel(folder, () => respond(text.slice(head.length + 1), init));
  await settle([model.score([{ prompt: { text: 'ab' }, completion: 'a', endOfTurn: false }])]);
}

const asked = {
  model: 'm',
  top: 2,
  ids: [3, 1],
  from: 1,
  text: 'aba',
  promptText: 'ab',
  encode: () => [3, 1],
};

/** The numbers of an answer as a curve, in the layout that it has. */
const positionsOf = (form) => (input) => {
  const positions = scoredPositions(parsedOr(input), asked, form);
  const range = [0.5, 1];
  boundedCurve(positions, { vocabulary: 5, range }).logProbability(0.7);
  fixedCurve(positions, range).logProbability(1);
};

function parsedOr(input) {
  try {
    return JSON.parse(textOfBytes(input));
  } catch {
    return undefined;
  }
}

/** Two pairs that a scoring server was sent. */
const scoredPairs = [1, 2].map((tokens, index) => ({
  index,
  prompt: Int32Array.of(3),
  completion: new Int32Array(tokens),
}));

export const ANSWER_TARGETS = {
  'encoder-server': { seeds: answers.embeddingAnswer, parse: askEncoder },
  'llm-server': { seeds: answers.completionAnswer, parse: (input) => textOf(choiceOf(parsedOr(input), 'm').choice) },
  'llm-scores-ids': {
    seeds: answers.scoreAnswer,
    parse: positionsOf({ prompt: 'ids', ask: 'prompt-logprobs' }),
    throws: 'NoLogProbabilities',
  },
  'llm-scores-echo': {
    seeds: answers.echoAnswer,
    parse: positionsOf({ prompt: 'text', ask: 'echo-0' }),
    throws: ['NoLogProbabilities', 'OtherTokens'],
  },
  'llm-examination': { seeds: () => [...answers.scoreAnswer(), ...answers.modelList()], parse: askModel },
  'scorer-about': { seeds: answers.scorerAbout, parse: (input) => aboutOf(parsedOr(input)) },
  'scorer-curves': {
    seeds: answers.scorerRecords,
    parse: (input) => curvesIn(input, scoredPairs).map((curve) => curve.logProbability(0.7) + curve.derivative(2)),
  },
  'llm-status': { seeds: answers.answerWithHead, parse: askWithHeaders },
};
