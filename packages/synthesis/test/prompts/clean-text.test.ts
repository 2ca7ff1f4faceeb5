import { describe, expect, it } from '@jest/globals';
import { cleanText, cutUnfinished } from '../../src/index.js';
import { faultOf, personaText } from '../../src/personas/persona-text.js';

const line = { maxTokens: 1, headings: ['News item', 'News'], singleLine: true };

describe('cleanText', () => {
  it.each([
    ['  plain text. ', 'plain text.'],
    ['"All of it quoted."', 'All of it quoted.'],
    ['"One," he said, "and two"', '"One," he said, "and two"'],
    ['Sure! Here is a news item:\n\nBridge opens. Cars cross.', 'Bridge opens. Cars cross.'],
    ["Here's one for you: Bridge opens.", 'Bridge opens.'],
    ['News item: "Bridge opens."', 'Bridge opens.'],
    ['**News item:** Bridge opens.', 'Bridge opens.'],
    ['**Bridge opens**', 'Bridge opens'],
    ['News agency closes. It was old.', 'News agency closes. It was old.'],
    ['Bridge opens\nCars cross.\n\nAnother item.', 'Bridge opens Cars cross.'],
    ['a\u0000b\u0007', 'ab'],
    ['  \n ', ''],
    ['“Куски” — и ещё', '“Куски” — и ещё'],
  ])('turns %j into %j', (raw, clean) => {
    expect(cleanText(raw, line)).toBe(clean);
  });
  it('keeps paragraphs where texts have them', () => {
    expect(cleanText('One.\r\n\r\nTwo.', { ...line, singleLine: false })).toBe('One.\n\nTwo.');
  });
  it('changes nothing that it has cleaned', () => {
    for (const raw of ['"a" and "b"', 'News: x', 'One: two: three', '«да»']) {
      const once = cleanText(raw, line);
      expect(cleanText(once, line)).toBe(once);
    }
  });
});

describe('cutUnfinished', () => {
  it('cuts after the last whole sentence of a text that met the limit', () => {
    expect(cutUnfinished('A long sentence stands here. And th', 'length')).toBe('A long sentence stands here.');
    expect(cutUnfinished('He said "no." Then he', 'length')).toBe('He said "no."');
  });
  it('keeps a text that the model ended, that has no end of a sentence, or would lose more than half', () => {
    expect(cutUnfinished('One. two', 'end')).toBe('One. two');
    expect(cutUnfinished('no end at 3.5 percent of', 'length')).toBe('no end at 3.5 percent of');
    expect(cutUnfinished('Short. and then a very long rest of a text', 'length')).toBe(
      'Short. and then a very long rest of a text',
    );
  });
});

describe('personaText', () => {
  it.each([
    [
      'Sure! Here is the description:\n"You write of boats. You like tides. You also fish."',
      'You write of boats. You like tides.',
    ],
    ['The reporter is fond of boats.', 'You are fond of boats.'],
    ['You quote prices such as 3.50 a tin. Often.', 'You quote prices such as 3.50 a tin. Often.'],
    ['You write of boats', 'You write of boats'],
  ])('turns %j into %j', (raw, text) => expect(personaText(raw)).toBe(text));
});

describe('faultOf', () => {
  const checks = {
    shown: ['The trawler came home with a hold full of mackerel and a broken mast today'],
    keywords: ['trawler', 'mackerel'],
    others: ['You write about mackerel prices on the quay.'],
  };
  it.each([
    ['', 'is empty'],
    ['You fish.', 'is too short'],
    ['I am sorry, I cannot describe a trawler.', 'is a refusal or speaks of the model'],
    ['The writer knows every trawler in town.', 'is not in the second person'],
    ['You write of trawler, trawler and more boats.', 'repeats itself'],
    ['You write of a trawler at sea. You write of a trawler at anchor.', 'repeats itself'],
    ['You write of boats: - The trawler came. - The mast broke.', 'lists items instead of describing'],
    ['You write of the skipper#39;s trawler and mackerel.', 'lists items instead of describing'],
    ['You came home with a hold full of mackerel and a broken mast today.', 'copies what the prompt showed'],
    ['You write about the stage and its actors.', 'names none of the words that set its records apart'],
    ['You write about prices of mackerel on the quay.', 'says the same as another persona'],
    [`You write of mackerel ${'x '.repeat(90)}`, 'has more than 80 words'],
  ])('says that %j %s', (text, fault) => expect(faultOf(text, checks)).toBe(fault));
  it('finds nothing wrong with a persona', () => {
    expect(faultOf('You write about every trawler that lands its catch.', checks)).toBeUndefined();
  });
});
