// A completion has the ids that it has in its place, as in transformers: those of prompt and completion together, cut at the prompt's end. Where a token
// spans the border, or a special token at the prompt's end takes the completion's white space, they are those of the completion alone, or after a line
// end, which takes the space that SentencePiece puts before a text; they must decode to the text that was given (docs/decisions/0045).
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
  if (joint === undefined || /^\s/.test(completion)) {
    const alone = codec.encode(completion);
    if (standsFor(alone)) return alone;
    const afterLine = rest(codec.encode(`\n${completion}`), codec.encode('\n'));
    if (standsFor(afterLine)) return afterLine;
  }
  if (joint !== undefined && isLossy(codec, { before, completion, joint }, wanted)) return joint;
  const [left, right] = [before.text.slice(-SHOWN), completion.slice(0, SHOWN)].map((text) => JSON.stringify(text));
  const message =
    `The tokenizer has no tokens for the completion alone after its prompt (between ${left} and ${right}), so it has no log-probability of its own; ` +
    'end prompts where a token ends, as a chat template or a line end does.';
  throw new ModelError('joined-tokens', message);
}

function rest(whole: readonly number[], start: readonly number[]): readonly number[] | undefined {
  return start.every((id, i) => whole[i] === id) ? whole.slice(start.length) : undefined;
}

/** Whether it is the tokenizer that changes the text, as it does in training: letter case, unknown characters, white space beside a special token. */
function isLossy(
  codec: TextCodec,
  { before, completion, joint }: { before: PromptTail; completion: string; joint: readonly number[] },
  wanted: string,
): boolean {
  if (codec.addedTokens.some(({ text }) => completion.includes(text))) return true;
  const ids = [...before.ids, ...joint];
  const text = codec.decode(ids, { special: true });
  if (text.normalize().replace(/\s/g, '') === wanted.replace(/\s/g, '')) return true;
  const again = codec.encode(text);
  return again.length === ids.length && again.every((id, i) => id === ids[i]);
}
