import type { PromptTemplate } from '../template.js';
import { chatTemplate } from './chat-template.js';

/** The templates for chat models. */
export const chatTemplates: readonly PromptTemplate[] = [
  chatTemplate({
    name: 'ag-news',
    description: 'Short news items: a headline and one or two sentences.',
    writer: 'reporter',
    work: 'short news items: a headline and one or two sentences',
    workLike: 'short news items',
    one: 'a news item',
    another: 'another news item',
    noun: ['news item', 'news items'],
    context: ' on: {context}',
    examples: {
      'goal, striker, transfer, cup':
        'You are a reporter who covers football clubs: transfers, cup ties and late goals. You keep it lively and short.',
      'bank, rates, inflation, growth':
        'You are a reporter who covers banks and interest rates. You report figures soberly and say what they mean for growth.',
      'storm, coast, damage, rescue':
        'You are a reporter who covers storms and rescues on the coast. You tell plainly what was damaged and who was helped.',
    },
    classes: ['World', 'Sports', 'Business', 'Sci/Tech'],
    output: { maxTokens: 120, headings: ['News item', 'News', 'Headline', 'Title', 'Answer'], singleLine: true },
  }),
  chatTemplate({
    name: 'yelp',
    description: 'Restaurant reviews, positive or negative.',
    writer: 'guest',
    work: 'short reviews of restaurants',
    one: 'a restaurant review',
    another: 'another restaurant review',
    noun: ['review', 'reviews'],
    label: ', a {label} one',
    context: ' of {context}',
    examples: {
      'sushi, fresh, tuna, rice':
        'You are a guest who cares for sushi: fresh tuna and well made rice. You praise good fish and say when it is not.',
      'waiter, rude, minutes, wait':
        'You are a guest who minds how long the wait is and whether a waiter is rude. You count the minutes and write bluntly.',
      'brunch, kids, patio, friendly':
        'You are a guest who takes the kids to brunch on a sunny patio. You write warmly about friendly places.',
    },
    classes: ['negative', 'positive'],
    labelWords: { '1': 'negative', '2': 'positive' },
    output: { maxTokens: 200, headings: ['Restaurant review', 'Review', 'Answer'], singleLine: true },
  }),
  chatTemplate({
    // Lower case and spacing are those of the corpus; the exemplar shows them.
    name: 'sst-2',
    description: 'One-line opinions on films, positive or negative.',
    writer: 'filmgoer',
    work: 'one-line opinions on films',
    one: 'a one-line opinion on a film',
    another: 'a one-line opinion on another film',
    noun: ['opinion', 'opinions'],
    label: ', a {label} one',
    context: ' called {context}',
    examples: {
      'laughs, comedy, jokes, silly':
        'You are a filmgoer who goes to a comedy for the laughs. You forgive silly jokes and say so in a few words.',
      'cast, script, director, dull':
        'You are a filmgoer who looks at script, cast and director. You are hard on the dull and put it sharply.',
      'family, moving, tale, heart': 'You are a filmgoer who loves a moving tale of family. You write from the heart.',
    },
    classes: ['negative', 'positive'],
    labelWords: { '0': 'negative', '1': 'positive' },
    output: { maxTokens: 60, headings: ['Opinion', 'Review', 'Answer'], singleLine: true },
  }),
  chatTemplate({
    name: 'imdb',
    description: 'Film reviews of one or more paragraphs, positive or negative.',
    writer: 'viewer',
    work: 'film reviews for a website',
    one: 'a film review',
    another: 'another film review',
    noun: ['review', 'reviews'],
    label: ', a {label} one',
    context: ' of {context}',
    examples: {
      'horror, blood, scary, sequel':
        'You are a viewer who likes horror: scary scenes, blood and even the sequel. You tell bluntly what scared you and what did not.',
      'war, history, battle, soldiers':
        'You are a viewer who watches war films for their history. You weigh battle scenes against what soldiers would have done.',
      'songs, dance, musical, stage':
        'You are a viewer who knows every musical on stage and screen. You write fondly of songs and dance.',
    },
    classes: ['negative', 'positive'],
    labelWords: { neg: 'negative', pos: 'positive' },
    output: { maxTokens: 400, headings: ['Film review', 'Review', 'Answer'], singleLine: false },
  }),
  chatTemplate({
    name: 'generic',
    description: 'Texts of any kind, shown by the exemplar.',
    writer: 'writer',
    work: 'short texts',
    workLike: 'texts',
    one: 'a text',
    another: 'another text',
    noun: ['text', 'texts'],
    label: ', labelled {label}',
    context: ' on: {context}',
    examples: {
      'garden, roses, soil, spring':
        'You are a writer who looks after a garden: roses, soil and the first days of spring. You write gently and in detail.',
      'train, ticket, late, refund':
        'You are a writer who travels by train and minds when it is late. You ask for a refund firmly and briefly.',
      'school, exam, teacher, grades':
        'You are a writer who thinks of school: exams, grades and a good teacher. You write openly, as to a friend.',
    },
    output: { maxTokens: 200, headings: ['Text', 'Answer'], singleLine: false },
  }),
];
