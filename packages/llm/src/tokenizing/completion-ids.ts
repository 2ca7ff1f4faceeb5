// A completion has the ids that it has in its place. Tokenizers put a space before a text's first word (SentencePiece), drop white space after
// some special tokens, and may join the end of a prompt and the beginning of its completion into one token. So the ids are those of prompt and
// completion together, cut at the prompt's end; where a token spans the border, those of the completion alone, or after a line end, which takes the
// space. Of these the first that decodes to the text that was given is right (docs/decisions/0045).
import { ModelError } from '../model/errors.js';
import type { TextCodec } from './text-codec.js';

/** The end of a prompt: its text and its ids. */
export interface PromptTail {
  readonly text: string;
  readonly ids: readonly number[];
}

/** Characters shown of either side of a border. */
const SHOWN = 20;

/**
 * Ids of a completion after a prompt.
 * @param before what it follows
 * @throws ModelError `joined-tokens` when no ids stand for the completion after the prompt's
 */
export function completionIds(codec: TextCodec, before: PromptTail, completion: string): readonly number[] {
  const decoded = (ids: readonly number[]): string =>
    ids.length === 0 ? '' : codec.decode(ids, { special: true }).normalize();
  const wanted = (decoded(before.ids) + completion).normalize();
  const standsFor = (ids: readonly number[] | undefined): ids is readonly number[] =>
    ids !== undefined && decoded([...before.ids, ...ids]) === wanted;

  const joint = rest(codec.encode(before.text + completion), before.ids);
  if (standsFor(joint)) return joint;
  const alone = codec.encode(completion);
  if (standsFor(alone)) return alone;
  const afterLine = rest(codec.encode(`\n${completion}`), codec.encode('\n'));
  if (standsFor(afterLine)) return afterLine;
  if (joint !== undefined && isLossy(codec, before, completion, joint)) return joint;
  const [left, right] = [before.text.slice(-SHOWN), completion.slice(0, SHOWN)].map((text) => JSON.stringify(text));
  const message =
    `The tokenizer has no tokens for the completion alone after its prompt (between ${left} and ${right}), so it has no log-probability of its own; ` +
    'end prompts where a token ends, as a chat template or a line end does.';
  throw new ModelError('joined-tokens', message);
}

function rest(whole: readonly number[], start: readonly number[]): readonly number[] | undefined {
  return start.every((id, i) => whole[i] === id) ? whole.slice(start.length) : undefined;
}

/** Whether the tokenizer itself changes the text (letter case, unknown characters, white space around a spelled special token), as it does in training. */
function isLossy(codec: TextCodec, before: PromptTail, completion: string, joint: readonly number[]): boolean {
  if (codec.addedTokens.some(({ text }) => completion.includes(text))) return true;
  const ids = [...before.ids, ...joint];
  const again = codec.encode(codec.decode(ids, { special: true }));
  return again.length === ids.length && again.every((id, i) => id === ids[i]);
}
