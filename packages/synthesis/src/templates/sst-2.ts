import type { PromptTemplate, RoleTemplate } from '../template.js';

const fromTurn: RoleTemplate = {
  messages: [
    { role: 'system', content: '{persona} You write one-line opinions on films.' },
    { role: 'user', content: 'Write a one-line opinion on a film.' },
    { role: 'assistant', content: '{exemplar}' },
    {
      role: 'user',
      content: [
        'Write a one-line opinion on another film',
        { if: 'label', text: ', a {label} one' },
        { if: 'context', text: ' called {context}' },
        '.',
      ],
    },
  ],
};

/** One-line opinions on films, in the lower case and spacing of their corpus, which the exemplar shows. `generate` introduces the exemplar as an earlier answer: docs/decisions/0050 has the likelihoods of the three ways. */
export const sst2: PromptTemplate = {
  name: 'sst-2',
  description: 'One-line opinions on films, positive or negative.',
  roles: {
    generate: fromTurn,
    generateFromTurn: fromTurn,
    generateFromQuote: {
      messages: [
        { role: 'system', content: '{persona} You write one-line opinions on films.' },
        {
          role: 'user',
          content: [
            'A opinion of yours:\n{exemplar}\n\nWrite a one-line opinion on another film in the same style',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' called {context}' },
            '.',
          ],
        },
      ],
    },
    generateFromProfile: {
      messages: [
        { role: 'system', content: '{persona} You write one-line opinions on films such as this one:\n{exemplar}' },
        {
          role: 'user',
          content: [
            'Write a one-line opinion on a film',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' called {context}' },
            '.',
          ],
        },
      ],
    },
    zeroShot: {
      messages: [
        { role: 'system', content: 'You write one-line opinions on films.' },
        {
          role: 'user',
          content: [
            'Write a one-line opinion on a film',
            { if: 'label', text: ', a {label} one' },
            { if: 'context', text: ' called {context}' },
            '.',
          ],
        },
      ],
    },
    describePersona: {
      messages: [
        { role: 'system', content: 'You describe a filmgoer from the words and opinions that the filmgoer writes.' },
        { role: 'user', content: 'Words: laughs, comedy, jokes, silly' },
        {
          role: 'assistant',
          content:
            'You are a filmgoer who goes to a comedy for the laughs. You forgive silly jokes and say so in a few words.',
        },
        { role: 'user', content: 'Words: cast, script, director, dull' },
        {
          role: 'assistant',
          content:
            'You are a filmgoer who looks at script, cast and director. You are hard on the dull and put it sharply.',
        },
        { role: 'user', content: 'Words: family, moving, tale, heart' },
        {
          role: 'assistant',
          content: 'You are a filmgoer who loves a moving tale of family. You write from the heart.',
        },
        { role: 'user', content: 'Opinions:\n{records}\nWords: {keywords}' },
      ],
    },
    classifyPersona: {
      messages: [
        {
          role: 'user',
          content: '{persona}\n\nWhich of these fits this filmgoer best: {labels}? Answer with one of them.',
        },
      ],
    },
    mixPersonas: {
      messages: [
        {
          role: 'system',
          content:
            'You merge descriptions of one filmgoer into a single one of one or two sentences that begin with "You are".',
        },
        { role: 'user', content: 'Descriptions:\n{personas}\n\nOpinions by the same filmgoer:\n{records}' },
      ],
    },
  },
  keywordPersona: 'You are a filmgoer who writes about {keywords}.',
  classes: ['negative', 'positive'],
  labelWords: { '0': 'negative', '1': 'positive' },
  output: {
    maxTokens: 60,
    headings: ['Opinion', 'Review', 'Answer'],
    singleLine: true,
  },
};
