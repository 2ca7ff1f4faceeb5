import type { PromptTemplate } from '../template.js';

/**
 * For a language model trained from the start on persona, context and example behind marks of their own, with no chat: the marks are
 * tokens of its vocabulary and a persona is a list of keywords. It was never taught to describe or to classify.
 */
export const tokens: PromptTemplate = {
  name: 'tokens',
  description: 'Marks instead of sentences, for a model trained on them: persona, context, example, response.',
  roles: {
    generate: {
      text: [
        '<|persona|>{persona}',
        { if: 'context', text: '<|context|>{context}' },
        '<|example|>{exemplar}<|response|>',
      ],
    },
    generateWithoutExemplar: {
      text: ['<|persona|>{persona}', { if: 'context', text: '<|context|>{context}' }, '<|response|>'],
    },
    zeroShot: { text: [{ if: 'context', text: '<|context|>{context}' }, '<|response|>'] },
  },
  keywordPersona: '{keywords}',
  output: { maxTokens: 120, headings: [], singleLine: true },
};
