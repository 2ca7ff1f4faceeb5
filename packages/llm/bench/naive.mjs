// What people write first: one request at a time through transformers.js, every logit brought to JavaScript, log-softmax there.
import { AutoModelForCausalLM, AutoTokenizer, Tensor } from '@huggingface/transformers';

/** Σ_t log softmax(z_t / τ)[y_t] over rows from − 1 … length − 2 of the logits. */
function logProbability(logits, vocabulary, ids, from, temperature) {
  let sum = 0;
  for (let t = from; t < ids.length; t++) {
    const start = (t - 1) * vocabulary;
    let top = -Infinity;
    for (let v = 0; v < vocabulary; v++) if (logits[start + v] > top) top = logits[start + v];
    let total = 0;
    for (let v = 0; v < vocabulary; v++) total += Math.exp((logits[start + v] - top) / temperature);
    sum += (logits[start + ids[t]] - top) / temperature - Math.log(total);
  }
  return sum;
}

/** A scorer of one pair at one temperature; it also says how many tokens the sequence has and what the forward pass took, seconds. */
export async function openNaive(folder, threads) {
  const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
  const options = {
    local_files_only: true,
    dtype: 'q8',
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  };
  const model = await AutoModelForCausalLM.from_pretrained(folder, options);
  const encode = (text) => tokenizer.encode(text, { add_special_tokens: false });
  return async ({ prompt, completion }, temperature) => {
    const chat = { add_generation_prompt: true, tokenize: false };
    const text = prompt.text ?? tokenizer.apply_chat_template(prompt.messages, chat);
    const before = encode(text);
    const ids = [...before, ...encode(completion), tokenizer.eos_token_id];
    const tensor = (values) => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const start = performance.now();
    const { logits } = await model({ input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)) });
    const forward = (performance.now() - start) / 1000;
    const value = logProbability(logits.data, logits.dims[2], ids, before.length, temperature);
    return { value, tokens: ids.length, forward };
  };
}
