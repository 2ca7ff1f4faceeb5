import { describe, expect, it } from '@jest/globals';
import { labelFormsWarning } from '../../src/data/label-forms.js';

describe('labels in two forms', () => {
  it.each([
    ['True', 'true'],
    ['1.0', '1'],
    ['Yes', 'yes '],
    ['-2.00', '-2'],
  ])('are named: %s and %s', (one, other) => {
    expect(labelFormsWarning([one, 'x'], [other, 'x'])).toContain(`"${one}" and "${other}"`);
  });

  it.each([
    [['a', 'b'], ['a']],
    [['10'], ['1']],
    [['1.5'], ['1']],
    [
      ['a', 'A'],
      ['a', 'A'],
    ],
  ])('are no matter when the sets only have different classes: %j %j', (one, other) => {
    expect(labelFormsWarning(one, other)).toBeUndefined();
  });
});
