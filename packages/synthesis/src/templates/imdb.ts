import type { PromptTemplate, RoleTemplate } from '../template.js';

const fromTurn: RoleTemplate = {
  messages: [
    { role: 'system', content: '{persona} You write film reviews for a website.' },
    { role: 'user', content: 'Write a film review.' },
    { role: 'assistant', content: '{exemplar}' },
    {
      role: 'user',
      content: [
        'Write another film review',
        { if: 'label', text: ', a {label} one' },
        { if: 'context', text: ' of {context}' },
        '.',
      ],
    },
  ],
};

/** Reviews of films, a paragraph or several. `generate` introduces the exemplar as an earlier answer: docs/decisions/0050 has the likelihoods of the three ways. */
export const imdb: PromptTemplate = {
  name: 'imdb',
  description: 'Film reviews of one or more paragraphs, positive or negative.',
  roles: {
    generate: fromTurn,
    generateFromTurn: fromTurn,
    generateFromQuote: {
      messages: [
        { role: 'system', content: '{persona} You write film reviews for a website.' },
        {
          role: 'user',
          content: [
            'A review of yours:\n{exemplar}\n\nWrite another film review in the same style',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' of {context}' },
            '.',
          ],
        },
      ],
    },
    generateFromProfile: {
      messages: [
        { role: 'system', content: '{persona} You write film reviews for a website such as this one:\n{exemplar}' },
        {
          role: 'user',
          content: [
            'Write a film review',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' of {context}' },
            '.',
          ],
        },
      ],
    },
    zeroShot: {
      messages: [
        { role: 'system', content: 'You write film reviews for a website.' },
        {
          role: 'user',
          content: [
            'Write a film review',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' of {context}' },
            '.',
          ],
        },
      ],
    },
    describePersona: {
      messages: [
        { role: 'system', content: 'You describe a viewer from the words and reviews that the viewer writes.' },
        { role: 'user', content: 'Words: horror, blood, scary, sequel' },
        {
          role: 'assistant',
          content:
            'You are a viewer who likes horror: scary scenes, blood and even the sequel. You tell bluntly what scared you and what did not.',
        },
        { role: 'user', content: 'Words: war, history, battle, soldiers' },
        {
          role: 'assistant',
          content:
            'You are a viewer who watches war films for their history. You weigh battle scenes against what soldiers would have done.',
        },
        { role: 'user', content: 'Words: songs, dance, musical, stage' },
        {
          role: 'assistant',
          content: 'You are a viewer who knows every musical on stage and screen. You write fondly of songs and dance.',
        },
        { role: 'user', content: 'Reviews:\n{records}\nWords: {keywords}' },
      ],
    },
    classifyPersona: {
      messages: [
        {
          role: 'user',
          content: '{persona}\n\nWhich of these fits this viewer best: {labels}? Answer with one of them.',
        },
      ],
    },
    mixPersonas: {
      messages: [
        {
          role: 'system',
          content:
            'You merge descriptions of one viewer into a single one of one or two sentences that begin with "You are".',
        },
        { role: 'user', content: 'Descriptions:\n{personas}\n\nReviews by the same viewer:\n{records}' },
      ],
    },
  },
  keywordPersona: 'You are a viewer who writes about {keywords}.',
  classes: ['negative', 'positive'],
  labelWords: { neg: 'negative', pos: 'positive' },
  output: {
    maxTokens: 400,
    headings: ['Film review', 'Review', 'Answer'],
    singleLine: false,
  },
};
