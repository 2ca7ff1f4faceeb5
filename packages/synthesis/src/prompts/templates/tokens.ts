import type { PromptTemplate } from '../template.js';

/**
 * For the embedded language model, which was trained from the start on persona, example, context and response behind marks of their own: the marks
 * are tokens of its vocabulary, a persona is a list of four to eight keywords and a context is a year, `1860s 1862`. The context comes after the
 * example, so that what was computed of a pair serves records of every year. The model was never taught to describe or to classify.
 */
export const tokens: PromptTemplate = {
  name: 'tokens',
  description: 'Marks instead of sentences, for the embedded model: persona, example, context, response.',
  roles: {
    generate: {
      text: [
        '<|persona|>{persona}<|example|>{exemplar}',
        { if: 'context', text: '<|context|>{context}' },
        '<|response|>',
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
