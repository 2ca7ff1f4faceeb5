import type { Prompt } from './language-model.js';

/** The strings of a prompt in the order they are read. */
function stringAt(prompt: Prompt, i: number): string | undefined {
  if ('text' in prompt) return i === 0 ? prompt.text : undefined;
  return prompt.messages[i >> 1]?.[i % 2 === 0 ? 'role' : 'content'];
}

/** Order in which prompts that begin alike stand together, so that each needs only what differs from the one before. */
export function comparePrompts(a: Prompt, b: Prompt): number {
  if (a === b) return 0;
  for (let i = 0; ; i++) {
    const [left, right] = [stringAt(a, i), stringAt(b, i)];
    if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
    if (left !== right) return left < right ? -1 : 1;
  }
}
