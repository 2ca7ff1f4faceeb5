import type { PromptTemplate, RoleTemplate } from '../template.js';

const fromTurn: RoleTemplate = {
  messages: [
    { role: 'system', content: '{persona} You write short news items: a headline and one or two sentences.' },
    { role: 'user', content: 'Write a news item.' },
    { role: 'assistant', content: '{exemplar}' },
    { role: 'user', content: ['Write another news item', { if: 'context', text: ' on: {context}' }, '.'] },
  ],
};

/** Short news items. `generate` introduces the exemplar as an earlier answer: docs/decisions/0050 has the likelihoods of the three ways. */
export const agNews: PromptTemplate = {
  name: 'ag-news',
  description: 'Short news items: a headline and one or two sentences.',
  roles: {
    generate: fromTurn,
    generateFromTurn: fromTurn,
    generateFromQuote: {
      messages: [
        { role: 'system', content: '{persona} You write short news items: a headline and one or two sentences.' },
        {
          role: 'user',
          content: [
            'A news item of yours:\n{exemplar}\n\nWrite another news item in the same style',
            { if: 'context', text: ' on: {context}' },
            '.',
          ],
        },
      ],
    },
    generateFromProfile: {
      messages: [
        { role: 'system', content: '{persona} You write short news items such as this one:\n{exemplar}' },
        { role: 'user', content: ['Write a news item', { if: 'context', text: ' on: {context}' }, '.'] },
      ],
    },
    zeroShot: {
      messages: [
        { role: 'system', content: 'You write short news items: a headline and one or two sentences.' },
        { role: 'user', content: ['Write a news item', { if: 'context', text: ' on: {context}' }, '.'] },
      ],
    },
    describePersona: {
      messages: [
        { role: 'system', content: 'You describe a reporter from the words and news items that the reporter writes.' },
        { role: 'user', content: 'Words: goal, striker, transfer, cup' },
        {
          role: 'assistant',
          content:
            'You are a reporter who covers football clubs: transfers, cup ties and late goals. You keep it lively and short.',
        },
        { role: 'user', content: 'Words: bank, rates, inflation, growth' },
        {
          role: 'assistant',
          content:
            'You are a reporter who covers banks and interest rates. You report figures soberly and say what they mean for growth.',
        },
        { role: 'user', content: 'Words: storm, coast, damage, rescue' },
        {
          role: 'assistant',
          content:
            'You are a reporter who covers storms and rescues on the coast. You tell plainly what was damaged and who was helped.',
        },
        { role: 'user', content: 'News items:\n{records}\nWords: {keywords}' },
      ],
    },
    classifyPersona: {
      messages: [
        {
          role: 'user',
          content: '{persona}\n\nWhich of these fits this reporter best: {labels}? Answer with one of them.',
        },
      ],
    },
    mixPersonas: {
      messages: [
        {
          role: 'system',
          content:
            'You merge descriptions of one reporter into a single one of one or two sentences that begin with "You are".',
        },
        { role: 'user', content: 'Descriptions:\n{personas}\n\nNews items by the same reporter:\n{records}' },
      ],
    },
  },
  keywordPersona: 'You are a reporter who writes about {keywords}.',
  classes: ['World', 'Sports', 'Business', 'Sci/Tech'],
  output: {
    maxTokens: 120,
    headings: ['News item', 'News', 'Headline', 'Title', 'Answer'],
    singleLine: true,
  },
};
