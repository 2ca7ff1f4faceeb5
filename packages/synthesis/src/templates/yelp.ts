import type { PromptTemplate, RoleTemplate } from '../template.js';

const fromTurn: RoleTemplate = {
  messages: [
    { role: 'system', content: '{persona} You write short reviews of restaurants.' },
    { role: 'user', content: 'Write a restaurant review.' },
    { role: 'assistant', content: '{exemplar}' },
    {
      role: 'user',
      content: [
        'Write another restaurant review',
        { if: 'label', text: ', a {label} one' },
        { if: 'context', text: ' of {context}' },
        '.',
      ],
    },
  ],
};

/** Reviews of restaurants and other places. `generate` introduces the exemplar as an earlier answer: docs/decisions/0050 has the likelihoods of the three ways. */
export const yelp: PromptTemplate = {
  name: 'yelp',
  description: 'Restaurant reviews, positive or negative.',
  roles: {
    generate: fromTurn,
    generateFromTurn: fromTurn,
    generateFromQuote: {
      messages: [
        { role: 'system', content: '{persona} You write short reviews of restaurants.' },
        {
          role: 'user',
          content: [
            'A review of yours:\n{exemplar}\n\nWrite another restaurant review in the same style',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' of {context}' },
            '.',
          ],
        },
      ],
    },
    generateFromProfile: {
      messages: [
        { role: 'system', content: '{persona} You write short reviews of restaurants such as this one:\n{exemplar}' },
        {
          role: 'user',
          content: [
            'Write a restaurant review',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' of {context}' },
            '.',
          ],
        },
      ],
    },
    zeroShot: {
      messages: [
        { role: 'system', content: 'You write short reviews of restaurants.' },
        {
          role: 'user',
          content: [
            'Write a restaurant review',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' of {context}' },
            '.',
          ],
        },
      ],
    },
    describePersona: {
      messages: [
        { role: 'system', content: 'You describe a guest from the words and reviews that the guest writes.' },
        { role: 'user', content: 'Words: sushi, fresh, tuna, rice' },
        {
          role: 'assistant',
          content:
            'You are a guest who cares for sushi: fresh tuna and well made rice. You praise good fish and say when it is not.',
        },
        { role: 'user', content: 'Words: waiter, rude, minutes, wait' },
        {
          role: 'assistant',
          content:
            'You are a guest who minds how long the wait is and whether a waiter is rude. You count the minutes and write bluntly.',
        },
        { role: 'user', content: 'Words: brunch, kids, patio, friendly' },
        {
          role: 'assistant',
          content:
            'You are a guest who takes the kids to brunch on a sunny patio. You write warmly about friendly places.',
        },
        { role: 'user', content: 'Reviews:\n{records}\nWords: {keywords}' },
      ],
    },
    classifyPersona: {
      messages: [
        {
          role: 'user',
          content: '{persona}\n\nWhich of these fits this guest best: {labels}? Answer with one of them.',
        },
      ],
    },
    mixPersonas: {
      messages: [
        {
          role: 'system',
          content:
            'You merge descriptions of one guest into a single one of one or two sentences that begin with "You are".',
        },
        { role: 'user', content: 'Descriptions:\n{personas}\n\nReviews by the same guest:\n{records}' },
      ],
    },
  },
  keywordPersona: 'You are a guest who writes about {keywords}.',
  classes: ['negative', 'positive'],
  labelWords: { '1': 'negative', '2': 'positive' },
  output: {
    maxTokens: 200,
    headings: ['Restaurant review', 'Review', 'Answer'],
    singleLine: true,
  },
};
