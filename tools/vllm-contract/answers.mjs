/** A request that is declined. */
export class Rejected extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** vLLM's error answer. */
export function errorAnswer({ status, message }) {
  return {
    status,
    body: { error: { message, type: status === 404 ? 'NotFoundError' : 'BadRequestError', param: null, code: status } },
  };
}

/** The answer of /v1/completions: `logprobs` in OpenAI's layout, `prompt_logprobs` in vLLM's, which is there whenever the prompt was scored. */
export function completionAnswer(
  model,
  { echo = false, logprobs = null, max_tokens: most = 16, return_tokens_as_token_ids: asIds = false },
  made,
) {
  const { promptIds, ids, own, positions, promptText, text, finish, nameOf } = made;
  const withText = echo && most > 0;
  const echoed = echo ? [...promptIds, ...(withText ? ids : [])] : ids;
  const rows = echo ? [...(positions ?? []), ...(withText ? own : [])] : own;
  const choice = {
    index: 0,
    text: `${echo ? promptText : ''}${echo && !withText ? '' : text}`,
    logprobs: logprobs === null ? null : openAiLogprobs(echoed, rows, { n: logprobs, name: (id) => nameOf(id, asIds) }),
    finish_reason: finish,
    prompt_logprobs: positions === null ? null : positions.map((row) => row && vllmLogprobs(row, nameOf)),
  };
  return { id: 'cmpl-contract', object: 'text_completion', model, choices: [choice], usage: usageOf(made) };
}

/** The answer of /v1/chat/completions. */
export function chatAnswer(model, made) {
  const message = { role: 'assistant', content: made.text };
  return {
    id: 'chatcmpl-contract',
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message, finish_reason: made.finish }],
    usage: usageOf(made),
  };
}

function openAiLogprobs(ids, rows, { n, name }) {
  const value = (row, id) => row?.find(([other]) => other === id)?.[1] ?? null;
  const tokens = ids.map(name);
  let offset = 0;
  const offsets = tokens.map((token) => (offset += token.length) - token.length);
  return {
    text_offset: offsets,
    token_logprobs: ids.map((id, i) => value(rows[i], id)),
    tokens,
    top_logprobs: rows.map((row) => row && Object.fromEntries(row.slice(0, n + 1).map(([id, log]) => [name(id), log]))),
  };
}

function vllmLogprobs(row, nameOf) {
  return Object.fromEntries(
    row.map(([id, logprob, rank]) => [String(id), { logprob, rank, decoded_token: nameOf(id, false) }]),
  );
}

function usageOf({ promptIds, ids }) {
  return {
    prompt_tokens: promptIds.length,
    completion_tokens: ids.length,
    total_tokens: promptIds.length + ids.length,
  };
}
