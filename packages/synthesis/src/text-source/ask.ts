import type { ChatMessage, Prompt } from '@mixture-of-personas/llm';
import { inert } from '../prompts/inert.js';
import { renderPrompt, saysLabel, wordFor } from '../prompts/render.js';
import type { PopulationRecord } from '../record.js';
import type { PromptTemplate } from '../prompts/template.js';

/** Demands of a baseline beyond the template's `zeroShot` prompt. */
export interface Ask {
  readonly label?: string | undefined;
  readonly context?: string | undefined;
  /** Demands that the text should meet, each a sentence; numbered in the prompt. */
  readonly requirements?: readonly string[] | undefined;
  /** Texts shown as earlier answers to the same request, the first one farthest from it. */
  readonly demonstrations?: readonly PopulationRecord[] | undefined;
}

/**
 * The template's `zeroShot` prompt with demands and earlier answers. Where the template does not say a label itself, the class is the
 * first demand: a baseline that asks for classes says them whatever `prompt.label` is. Demands stand at the end of the last user turn; before the text of a base model's prompt.
 * @throws PromptError when the template has no `zeroShot` role
 */
export function askPrompt(template: PromptTemplate, ask: Ask): Prompt {
  const { label, context, requirements = [], demonstrations = [] } = ask;
  const said =
    label === undefined || saysLabel(template, 'zeroShot') ? [] : [`Its class is ${wordFor(template, label)}.`];
  const demands = [...said, ...requirements].map((sentence, i) => `${i + 1}. ${inert(sentence)}`);
  const prompt = renderPrompt(template, 'zeroShot', { label, context }, { label: 'always' });
  if ('text' in prompt) {
    return { text: [...demonstrations.map(({ text }) => inert(text)), ...demands, prompt.text].join('\n\n') };
  }
  const last = prompt.messages.findLastIndex(({ role }) => role === 'user');
  const request = prompt.messages[last];
  if (request === undefined) return prompt;
  return {
    messages: [
      ...prompt.messages.slice(0, last),
      ...demonstrations.flatMap((shown) => turnsOf(template, shown, label)),
      { role: 'user', content: [request.content, ...demands].join('\n') },
      ...prompt.messages.slice(last + 1),
    ],
  };
}

/** The request alone and the text as its answer; a demonstration does not say its context, which the next text does not share. */
function turnsOf(template: PromptTemplate, { text }: PopulationRecord, label: string | undefined): ChatMessage[] {
  const prompt = renderPrompt(template, 'zeroShot', { label }, { label: 'always' });
  const request = 'text' in prompt ? undefined : prompt.messages.findLast(({ role }) => role === 'user');
  const answer: ChatMessage = { role: 'assistant', content: inert(text) };
  return request === undefined ? [answer] : [request, answer];
}
