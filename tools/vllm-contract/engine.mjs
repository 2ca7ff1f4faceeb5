import { randomFor } from '@mixture-of-personas/numeric';
import { Rejected } from './answers.mjs';

/** One model, one request at a time. */
export class Engine {
  #model;
  #settings;
  #last = Promise.resolve();

  constructor(model, settings) {
    this.#model = model;
    this.#settings = settings;
  }

  get name() {
    return this.#settings.name;
  }

  close() {
    return this.#last.then(() => this.#model.close());
  }

  requireModel(name) {
    if (name !== undefined && name !== this.name) throw new Rejected(404, `The model \`${name}\` does not exist.`);
  }

  renderChat(messages) {
    const { chatTemplateSays } = this.#settings;
    return chatTemplateSays + this.#model.tokenizer.renderPrompt({ messages });
  }

  tokenize({ prompt, messages }) {
    const { tokenizer } = this.#model;
    // A text gets the beginning-of-text token, a rendered chat has its own.
    const tokens = [
      ...(messages === undefined ? tokenizer.encodeText(prompt) : tokenizer.encode(this.renderChat(messages))),
    ];
    return { count: tokens.length, tokens };
  }

  /** Text of one token, as vLLM names it in its answers. */
  nameOf(id, asIds) {
    return asIds ? `token_id:${id}` : this.#model.tokenizer.decodeAll([id]);
  }

  /** The positions of prompt and completion, one request after the other. */
  complete(body) {
    const turn = this.#last.then(() => this.#complete(body));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #complete(body) {
    const { prompt, max_tokens: most = 16, echo = false, logprobs = null, prompt_logprobs: asked = null } = body;
    const { maxLogprobs } = this.#settings;
    for (const [field, value] of [
      ['logprobs', logprobs],
      ['prompt_logprobs', asked],
    ]) {
      if (value !== null && value > maxLogprobs)
        throw new Rejected(400, `Requested ${field} of ${value}, which is greater than max allowed: ${maxLogprobs}`);
    }
    if (most === 0 && !echo) throw new Rejected(400, 'max_tokens must be at least 1, got 0.');
    const ids = typeof prompt === 'string' ? [...this.#model.tokenizer.encodeText(prompt)] : [...prompt];
    if (ids.length === 0 || ids.some((id) => !(id >= 0 && id < this.#model.vocabulary)))
      throw new Rejected(400, 'Token id is out of vocabulary');
    const top = asked ?? (echo ? logprobs : null);
    const written = await this.#write(ids, { ...body, most, top });
    const text = this.#model.tokenizer.decode(written.ids.filter((id) => !this.#model.tokenizer.endTokens.has(id)));
    return {
      ...written,
      promptIds: ids,
      text,
      promptText: this.#model.tokenizer.decodeAll(ids),
      nameOf: (id, as) => this.nameOf(id, as),
    };
  }

  /** Runs the prompt and samples after it; `positions` of the prompt when log-probabilities of it are wanted. */
  async #write(prompt, { most, top, logprobs, temperature = 1, seed = 0, stop_token_ids: stops = [] }) {
    const ends = new Set([...this.#model.tokenizer.endTokens, ...stops]);
    const positions = [null];
    let next;
    await this.#model.run(prompt, top === null ? prompt.length - 1 : 0, (logits) => {
      const at = positions.length;
      if (top !== null && at < prompt.length) positions.push(topOf(logits, prompt[at], top));
      else next = logits.slice();
    });
    const ids = [];
    const own = [];
    let finish = 'length';
    while (ids.length < most) {
      const id = draw(next, temperature, randomFor(seed, 'contract', ids.length)());
      ids.push(id);
      own.push(topOf(next, id, logprobs ?? 0));
      if (ends.has(id)) {
        finish = 'stop';
        break;
      }
      if (ids.length < most)
        await this.#model.run([...prompt, ...ids], prompt.length + ids.length - 1, (logits) => (next = logits.slice()));
    }
    return { ids, own, positions: top === null ? null : positions, finish };
  }
}

/** Log-probabilities of the token and of the n most probable ones, most probable first: [[id, logprob, rank], …]. */
function topOf(logits, token, n) {
  // Indexed loops: iterators are ten times slower over vocabularies of 256,000.
  const { length } = logits;
  let most = -Infinity;
  for (let v = 0; v < length; v++) if (logits[v] > most) most = logits[v];
  let sum = 0;
  let rank = 1;
  const own = logits[token];
  for (let v = 0; v < length; v++) {
    sum += Math.exp(logits[v] - most);
    if (logits[v] > own) rank++;
  }
  const shift = most + Math.log(sum);
  const best = [];
  for (let v = 0; v < length && n > 0; v++) {
    if (best.length === n && logits[v] <= logits[best.at(-1)]) continue;
    let at = best.length;
    while (at > 0 && logits[best[at - 1]] < logits[v]) at--;
    best.splice(at, 0, v);
    if (best.length > n) best.pop();
  }
  const rows = best.map((v, i) => [v, logits[v] - shift, i + 1]);
  return best.includes(token) ? rows : [[token, own - shift, rank], ...rows];
}

function draw(logits, temperature, uniform) {
  let most = 0;
  for (let v = 1; v < logits.length; v++) if (logits[v] > logits[most]) most = v;
  if (temperature === 0) return most;
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let v = 0; v < weights.length; v++) total += weights[v] = Math.exp((logits[v] - logits[most]) / temperature);
  let left = uniform * total;
  for (let v = 0; v < weights.length; v++) if ((left -= weights[v]) < 0) return v;
  return most;
}
