import type { PromptTemplate, RoleTemplate } from '../template.js';

const fromTurn: RoleTemplate = {
  messages: [
    { role: 'system', content: '{persona} You write short texts.' },
    { role: 'user', content: 'Write a text.' },
    { role: 'assistant', content: '{exemplar}' },
    {
      role: 'user',
      content: [
        'Write another text',
        { if: 'label', text: ', labelled {label}' },
        { if: 'context', text: ' on: {context}' },
        '.',
      ],
    },
  ],
};

/** Texts of any kind: the exemplar says which. `generate` introduces the exemplar as an earlier answer: docs/decisions/0050 has the likelihoods of the three ways. */
export const generic: PromptTemplate = {
  name: 'generic',
  description: 'Texts of any kind, shown by the exemplar.',
  roles: {
    generate: fromTurn,
    generateFromTurn: fromTurn,
    generateFromQuote: {
      messages: [
        { role: 'system', content: '{persona} You write short texts.' },
        {
          role: 'user',
          content: [
            'A text of yours:\n{exemplar}\n\nWrite another text in the same style',
            { if: 'label', text: ', labelled {label}' },
            { if: 'context', text: ' on: {context}' },
            '.',
          ],
        },
      ],
    },
    generateFromProfile: {
      messages: [
        { role: 'system', content: '{persona} You write texts such as this one:\n{exemplar}' },
        {
          role: 'user',
          content: [
            'Write a text',
            { if: 'label', text: ', labelled {label}' },
            { if: 'context', text: ' on: {context}' },
            '.',
          ],
        },
      ],
    },
    zeroShot: {
      messages: [
        { role: 'system', content: 'You write short texts.' },
        {
          role: 'user',
          content: [
            'Write a text',
            { if: 'label', text: ', labelled {label}' },
            { if: 'context', text: ' on: {context}' },
            '.',
          ],
        },
      ],
    },
    describePersona: {
      messages: [
        { role: 'system', content: 'You describe a writer from the words and texts that the writer writes.' },
        { role: 'user', content: 'Words: garden, roses, soil, spring' },
        {
          role: 'assistant',
          content:
            'You are a writer who looks after a garden: roses, soil and the first days of spring. You write gently and in detail.',
        },
        { role: 'user', content: 'Words: train, ticket, late, refund' },
        {
          role: 'assistant',
          content:
            'You are a writer who travels by train and minds when it is late. You ask for a refund firmly and briefly.',
        },
        { role: 'user', content: 'Words: school, exam, teacher, grades' },
        {
          role: 'assistant',
          content:
            'You are a writer who thinks of school: exams, grades and a good teacher. You write openly, as to a friend.',
        },
        { role: 'user', content: 'Texts:\n{records}\nWords: {keywords}' },
      ],
    },
    classifyPersona: {
      messages: [
        {
          role: 'user',
          content: '{persona}\n\nWhich of these fits this writer best: {labels}? Answer with one of them.',
        },
      ],
    },
    mixPersonas: {
      messages: [
        {
          role: 'system',
          content:
            'You merge descriptions of one writer into a single one of one or two sentences that begin with "You are".',
        },
        { role: 'user', content: 'Descriptions:\n{personas}\n\nTexts by the same writer:\n{records}' },
      ],
    },
  },
  keywordPersona: 'You are a writer who writes about {keywords}.',

  output: {
    maxTokens: 200,
    headings: ['Text', 'Answer'],
    singleLine: false,
  },
};
