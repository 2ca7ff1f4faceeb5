/** Control tokens of the common chat formats, as they stand in text: `<|…|>`, Gemma's turns, Llama 2's brackets, sentence ends. */
const CONTROL =
  /<(?=\|[\w-]{1,40}\|>|\/?(?:s|bos|eos|pad|unk)>|(?:start|end)_of_turn>)|\[(?=\/?INST\])|<(?=<\/?SYS>>)/gi;

/**
 * A text that a tokenizer cannot read as a control token: a space after the opening bracket. Everything else stays as it is; a record
 * that quotes `<|im_end|>` would otherwise end its turn and speak for someone else.
 */
export function inert(text: string): string {
  return text.replace(CONTROL, '$& ');
}
